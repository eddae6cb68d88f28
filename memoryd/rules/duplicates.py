"""D: repetition within one store."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.duplicates.files.copies import Copies, copies_in
from memoryd.domain.duplicates.files.merge_files import merge_fix
from memoryd.domain.duplicates.groups import (
    RepeatedPassage,
    alike_groups,
    likenesses,
    notes_of,
    repeated_passages,
)
from memoryd.domain.duplicates.pairs import OPEN, Pair, contradict, says_all
from memoryd.domain.duplicates.passages import Note
from memoryd.domain.duplicates.repeated import RepeatedNote, group_fixes, without
from memoryd.domain.duplicates.similarity import Verdict
from memoryd.domain.duplicates.spelling import says_the_same
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.links.pointers import pointers
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.plain_text import plain_text
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import counted, shorten

if TYPE_CHECKING:
    from memoryd.domain.markdown.document import Document

_MERGED = 10  # pairs of files of a store that may be merged: each try parses the store
_QUOTED = 60  # characters of a note that a message quotes


@rule("D001", "duplicate-entry", Severity.WARNING)
def duplicate_entry(context: RuleContext) -> Iterator[Finding]:
    """The same entry, paragraph or topic file occurs twice in one store.

    Differences in white space, punctuation, markup and the start of a sentence do not count; every
    number, name, word and sign does, and code must be identical. Below another heading or in another
    file, only longer lines count, since a short one may mean something else there. Index lines of files,
    fields of a note such as "Why:", quotations, dated logs and READMEs are not compared, nor are members of
    a series (`log-1.md` and `log-2.md`, “Session 1” and “Session 2”), lines with different keys, steps of
    two procedures, and lines below a negated and a plain heading or lead-in. A long or numbered source in
    a sub-directory without front matter is compared as a whole file. `--fix` keeps the first of two
    entries in one list; `--unsafe-fixes` removes the second elsewhere, too, and merges topic files. Steps
    of a numbered list stay.

    Found in:
        --- MEMORY.md
        - Run `make test` before every push.
        - Never deploy on Fridays.
        - run make test before every push

    Silent in:
        --- MEMORY.md
        ## Client
        - Retries: 3 times
        - [Deploy](deploy.md) — how we ship
        ## Server
        - Retries: 3 times
        --- deploy.md
        How we ship: on Mondays, with two people.
    """
    yield from _whole_copies(context)
    same = _same(context)
    merged, unclear = _merged(context) if same else ({}, frozenset())
    sure: list[Pair] = []
    rest: list[Pair] = []
    for pair in same:
        is_sure = pair.is_in_one_list and says_the_same(pair.one.text, pair.other.text)
        (sure if is_sure else rest).append(pair)
    for pairs, safety in ((sure, Applicability.SAFE), (rest, Applicability.UNSAFE)):
        found = repeated_passages(pairs)
        groups = [
            [RepeatedNote(pair.other, pair.one) for run in each.pairs for pair in run] for each in found
        ]
        for passage, fix in zip(found, group_fixes(context.snapshot, groups, safety), strict=True):
            documents = frozenset((passage.ones[0].document, passage.others[0][0].document))
            yield _about_passage(passage, None if documents in unclear else merged.pop(documents, fix))


def _merged(context: RuleContext) -> "tuple[dict[frozenset[Document], Fix], frozenset[frozenset[Document]]]":
    """Return the merges of files that are copies in part, and the files that contradict each other."""
    merged: dict[frozenset[Document], Fix] = {}
    unclear: set[frozenset[Document]] = set()  # neither of them is the one to keep
    for copies, fix in _with_fixes(context):
        files = frozenset((copies.one, copies.other))
        if fix and not copies.is_whole:
            merged[files] = fix
        elif not copies.is_whole and contradict(context.snapshot.store.root, copies.one, copies.other):
            unclear.add(files)
    return merged, frozenset(unclear)


def _same(context: RuleContext) -> list[Pair]:
    """Return the pairs of equal notes of a store."""
    return [
        pair
        for pair in likenesses(context.snapshot, context.options.likeness).pairs
        if pair.judgement.verdict is Verdict.SAME and not _is_step_again(pair)
    ]


def _about_passage(passage: RepeatedPassage, fix: Fix | None) -> Finding:
    """Return the finding of a passage at its second place, with all places as related."""
    first, *more = passage.others
    size, pair = len(first), passage.pairs[0][0]
    message = f"the same as {_place(pair)}"
    if size > 1:
        message = f"repeats {size:,} entries from {_place(pair)} on"
    if more:
        message += f"; {counted(len(more), 'more copy', 'more copies')}"
    found = _finding(pair, message, fix)
    further = tuple(Relation(run[0].document, _start(run[0]), "the same again") for run in more)
    return replace(found, span=Span(found.span.start, _end(first[-1])), related=(*found.related, *further))


def _whole_copies(context: RuleContext) -> Iterator[Finding]:
    groups: dict[str, list[tuple[Copies, Fix | None]]] = {}
    known: set[str] = set()
    for copies, fix in sorted(_with_fixes(context), key=lambda each: each[0].one.path):
        if copies.is_whole and known.isdisjoint((copies.one.path, copies.other.path)):
            groups.setdefault(copies.one.path, []).append((copies, fix))
            known.add(copies.other.path)
    for (copies, fix), *more in groups.values():
        message = f"the same as the whole of {copies.one.path}"
        if more:
            message += f"; {counted(len(more), 'more copy', 'more copies')}"
        found = _about_files(copies, message, fix)
        further = tuple(Relation(each.other, each.other.body, "the same again") for each, _ in more)
        yield replace(found, related=(*found.related, *further))


@rule("D002", "near-duplicate", Severity.INFO)
def near_duplicate(context: RuleContext) -> Iterator[Finding]:
    """Two entries, paragraphs or topic files are nearly the same.

    They differ by the order of words, a further clause, or a synonym. One of them is enough, and two will
    diverge. Notes that differ by a number, name, identifier or negation are not nearly the same.
    `--unsafe-fixes` removes a note that another one contains, and merges topic files with half of their
    lines in common: every different part is kept, and links to one file then lead to the other. Files that
    contradict each other, or differ in protection, are not merged. A person must rewrite the rest,
    and notes that differ only in signs, capitals or code.

    Found in:
        --- MEMORY.md
        - Run the whole test suite before you push to the main branch.
        - Before you push to the main branch, run the whole test suite with coverage.

    Silent in:
        --- MEMORY.md
        - The API times out after 30 s on the staging machines.
        - Ask before you change the schema of the production database.
    """
    snapshot = context.snapshot
    same = {frozenset((pair.one.document, pair.other.document)) for pair in _same(context)}
    for copies, fix in _with_fixes(context):
        if not copies.is_whole and frozenset((copies.one, copies.other)) not in same:
            message = f"{copies.shared} of {copies.lines} lines are also in {copies.one.path}"
            yield _about_files(copies, message, fix)
    pairs = likenesses(snapshot, context.options.likeness).pairs
    less = {pair: repeated for pair in pairs if (repeated := _less(pair))}
    fixes = _fixes(snapshot, less.values(), Applicability.UNSAFE)
    shown = [
        pair
        for pair in pairs
        if pair.judgement.kind in OPEN or pair.judgement.verdict is Verdict.NEAR or _is_step_again(pair)
    ]
    for group in alike_groups(shown):
        known = (fixes.get(less[pair].gone) for pair in group if pair in less)
        yield _about_group(group, next(filter(None, known), None))


def _about_group(group: tuple[Pair, ...], fix: Fix | None) -> Finding:
    """Return the finding of similar notes, with all of them as related."""
    pair = group[0]
    if pair.judgement.kind in OPEN:
        how = "in another order" if pair.judgement.kind == "order" else "with other signs"
        message = f"the same as {_place(pair)} {how}, which may mean something else"
    elif pair.judgement.verdict is Verdict.NEAR:
        message = f"nearly the same as {_place(pair)}{_difference(pair)}"
    else:
        message = f"the same as {_place(pair)}, perhaps a repeated step"
    further = [note for note in notes_of(group) if note not in {pair.one, pair.other}]
    if further:
        message += f"; {counted(len(further), 'more note is', 'more notes are')} like them"
    found = _finding(pair, message, fix)
    more = tuple(Relation(note.document, _start(note), "like them") for note in further)
    return replace(found, related=(*found.related, *more))


@rule("D003", "contradicting-entries", Severity.WARNING)
def contradicting_entries(context: RuleContext) -> Iterator[Finding]:
    """Two notes are the same except for a number, unit, version, path or negation.

    An agent believes both. memoryd never merges them: only you know which one is right. Lists of one kind
    ("Phase 1: …", "Phase 2: …"), notes about two files, and three or more similar notes do not contradict
    each other.

    Found in:
        --- MEMORY.md
        - The API times out after 30 s.
        --- limits.md
        - The API times out after 60 s.

    Silent in:
        --- MEMORY.md
        - Phase 1: three tests pass on every machine.
        - Phase 2: three tests pass on every machine.
        - `a.py` holds the routes of the public API.
        - `b.py` holds the routes of the public API.
    """
    for pair in likenesses(context.snapshot, context.options.likeness).pairs:
        if pair.judgement.verdict is Verdict.CONTRADICTION and pair.judgement.kind not in OPEN:
            one, other = (
                " ".join(words) or "nothing" for words in (pair.judgement.one, pair.judgement.other)
            )
            message = f'it says "{shorten(other, _QUOTED)}", {_place(pair)} says "{shorten(one, _QUOTED)}"'
            yield _finding(pair, message, None)


def _less(pair: Pair) -> RepeatedNote | None:
    """Return the one of two near duplicates that adds nothing; None if both add something."""
    if pair.judgement.verdict is not Verdict.NEAR or not pair.is_movable:
        return None
    if says_all(pair):
        return RepeatedNote(pair.other, pair.one)
    return RepeatedNote(pair.one, pair.other) if says_all(pair.turned) else None


def _is_step_again(pair: Pair) -> bool:
    """Return whether a numbered list has the same step twice."""
    return pair.judgement.verdict is Verdict.SAME and pair.is_in_one_list and pair.other.is_step


def _fixes(snapshot: Snapshot, repeated: Iterable[RepeatedNote], safety: Applicability) -> dict[Note, Fix]:
    """Return the fixes that remove notes, by note; notes removed by one change share a fix."""
    fixes: dict[Note, Fix] = {}
    shared: dict[FileChange, Fix] = {}
    for gone, found in without(snapshot, repeated).items():
        line = gone.document.position(_start(gone)).line
        title = f"remove line {line}, which repeats another"
        if found.count > 1:
            title = f"remove {found.count:,} lines that repeat others"
        fixes[gone] = shared.setdefault(found.change, Fix(title, safety, (found.change,)))
    return fixes


def _with_fixes(context: RuleContext) -> Iterator[tuple[Copies, Fix | None]]:
    snapshot = context.snapshot
    found = copies_in(snapshot)
    known = pointers(context.links) if found else ()
    for tried, copies in enumerate(found):
        yield copies, merge_fix(snapshot, known, copies.one, copies.other) if tried < _MERGED else None


def _about_files(copies: Copies, message: str, fix: Fix | None) -> Finding:
    related = (Relation(copies.one, copies.one.body, "the other file"),)
    at = copies.other.body
    return Finding(copies.other, Span(at, at), message, related, fix)


def _finding(pair: Pair, message: str, fix: Fix | None) -> Finding:
    quoted = shorten(plain_text(pair.one.text.strip().partition("\n")[0]), _QUOTED) or "the other one"
    related = (Relation(pair.one.document, _start(pair.one), quoted),)
    return Finding(pair.other.document, Span(_start(pair.other), _end(pair.other)), message, related, fix)


def _end(passage: Note) -> int:
    return passage.span.start + len(passage.text.rstrip().encode())


def _start(passage: Note) -> int:
    text = passage.text
    return passage.span.start + len(text[: len(text) - len(text.lstrip())].encode())


def _place(pair: Pair) -> str:
    line = pair.one.document.position(_start(pair.one)).line
    same = pair.one.path == pair.other.path
    return f"line {line}" if same else f"{pair.one.document.path}:{line}"


def _difference(pair: Pair) -> str:
    """Return the difference of two notes, in words."""
    one, other = (shorten(" ".join(words), _QUOTED) for words in (pair.judgement.one, pair.judgement.other))
    if one and other:
        return f' ("{one}" there, "{other}" here)'
    if not one and not other:
        return " (in another order)"
    return f' ("{one}" only there)' if one else f' ("{other}" only here)'
