"""D: what one store says twice."""

from collections.abc import Iterator

from memoryd.domain.document import Document, Snapshot, Span
from memoryd.domain.duplicates import Copies, Pair, copies_in, likenesses
from memoryd.domain.edits import Applicability, Fix
from memoryd.domain.lint import Finding, Related, Severity, rule
from memoryd.domain.merging import merge_fix
from memoryd.domain.passages import Passage
from memoryd.domain.repetition import says_the_same, without
from memoryd.domain.similarity import Verdict
from memoryd.domain.topics import plain_text, shorten

_FIXED = 50  # findings of a store that are mended at one go: each fix holds the whole file
_MERGED = 10  # pairs of files of a store of which a merge is tried
_QUOTED = 60  # characters of a note that a message quotes


@rule("D001", "duplicate-entry", Severity.WARNING)
def duplicate_entry(snapshot: Snapshot) -> Iterator[Finding]:
    """The same entry, paragraph or topic file stands twice in one store.

    Case, white space, punctuation and markup do not count; every number, name and word does. Below
    another heading, or in another file, a short line may mean something else, so only longer ones count
    there. Index lines that point at files, fields of a note such as “Why:”, dated logs and READMEs are
    left alone. `--fix` keeps the first of two that stand in one list; `--unsafe-fixes` removes the
    second elsewhere too, and merges topic files.

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
    yield from _whole_copies(snapshot)
    fixed = 0
    for pair in likenesses(snapshot).pairs:
        if pair.judgement.verdict is not Verdict.SAME:
            continue
        same = pair.is_in_one_list and says_the_same(pair.one.text, pair.other.text)
        fix = None
        if fixed < _FIXED:
            safety = Applicability.SAFE if same else Applicability.UNSAFE
            fix = _removal(snapshot, pair.other, pair.one, safety)
            fixed += fix is not None
        yield _finding(pair, f"{_place(pair)} says the same", fix)


def _whole_copies(snapshot: Snapshot) -> Iterator[Finding]:
    for copies, fix in _with_fixes(snapshot):
        if copies.is_whole:
            message = f"“{copies.one.path}” says the same, all of it"
            yield _about_files(copies, message, fix)


@rule("D002", "near-duplicate", Severity.INFO)
def near_duplicate(snapshot: Snapshot) -> Iterator[Finding]:
    """Two entries, paragraphs or topic files say nearly the same.

    The same words in another order, a clause more, a word for another: one of them is enough, and two
    grow apart. What differs by a number, a name, an identifier or a negation is not nearly the same.
    `--unsafe-fixes` removes what the other one says too, with more words, and merges topic files of
    which half the lines are the same: no line that differs is lost, and what led to the one leads to
    the other. The rest is for a person to rewrite.

    Found in:
        --- MEMORY.md
        - Run the whole test suite before you push to the main branch.
        - Before you push to the main branch, run the whole test suite with coverage.

    Silent in:
        --- MEMORY.md
        - The API times out after 30 s on the staging machines.
        - Ask before you change the schema of the production database.
    """
    for copies, fix in _with_fixes(snapshot):
        if not copies.is_whole:
            message = f"{copies.shared} of {copies.lines} lines stand in “{copies.one.path}” too"
            yield _about_files(copies, message, fix)
    fixed = 0
    for pair in likenesses(snapshot).pairs:
        if pair.judgement.verdict is not Verdict.NEAR and pair.judgement.kind != "order":
            continue
        if pair.judgement.kind:
            yield _finding(pair, f"{_place(pair)} says it in another order: perhaps something else", None)
            continue
        fix = _shorter_one_removed(snapshot, pair) if fixed < _FIXED else None
        fixed += fix is not None
        yield _finding(pair, f"{_place(pair)} says nearly the same{_difference(pair)}", fix)


@rule("D003", "contradicting-entries", Severity.WARNING)
def contradicting_entries(snapshot: Snapshot) -> Iterator[Finding]:
    """Two notes say the same of one thing, but for a number, unit, version, path or negation.

    An agent takes both for true. memoryd never merges them: nobody but you knows which one holds.
    Lists of one kind (“Phase 1: …”, “Phase 2: …”), notes about two files, and three and more alike are
    not about one thing.

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
    for pair in likenesses(snapshot).pairs:
        if pair.judgement.verdict is Verdict.CONTRADICTION and pair.judgement.kind != "order":
            one, other = (
                " ".join(words) or "nothing" for words in (pair.judgement.one, pair.judgement.other)
            )
            message = f"it says “{shorten(other, _QUOTED)}”, {_place(pair)} says “{shorten(one, _QUOTED)}”"
            yield _finding(pair, message, None)


def _shorter_one_removed(snapshot: Snapshot, pair: Pair) -> Fix | None:
    """Removes the note that says nothing which the other one does not; None where each says more."""
    more, also = pair.judgement.one, pair.judgement.other
    if not pair.is_movable or bool(more) == bool(also):
        return None
    gone, kept = (pair.other, pair.one) if more else (pair.one, pair.other)
    return _removal(snapshot, gone, kept, Applicability.UNSAFE)


def _with_fixes(snapshot: Snapshot) -> Iterator[tuple[Copies, Fix | None]]:
    for tried, copies in enumerate(copies_in(snapshot)):
        yield copies, merge_fix(snapshot, copies.one, copies.other) if tried < _MERGED else None


def _about_files(copies: Copies, message: str, fix: Fix | None) -> Finding:
    related = (Related(copies.one, copies.one.body, "the other file"),)
    at = copies.other.body
    return Finding(copies.other, Span(at, at), message, related, fix)


def _finding(pair: Pair, message: str, fix: Fix | None) -> Finding:
    quoted = shorten(plain_text(pair.one.text.strip().partition("\n")[0]), _QUOTED) or "the other one"
    related = (Related(pair.one.document, _start(pair.one), quoted),)
    end = pair.other.span.start + len(pair.other.text.rstrip().encode())
    return Finding(pair.other.document, Span(_start(pair.other), end), message, related, fix)


def _start(passage: Passage) -> int:
    text = passage.text
    return passage.span.start + len(text[: len(text) - len(text.lstrip())].encode())


def _place(pair: Pair) -> str:
    line = pair.one.document.position(_start(pair.one)).line
    same = pair.one.path == pair.other.path
    return f"line {line}" if same else f"“{pair.one.document.path}”, line {line},"


def _difference(pair: Pair) -> str:
    """What the one says and the other does not."""
    one, other = (shorten(" ".join(words), _QUOTED) for words in (pair.judgement.one, pair.judgement.other))
    if one and other:
        return f": “{one}” there, “{other}” here"
    if not one and not other:
        return ", in another order"
    return f", and also “{one}”" if one else f"; here also “{other}”"


def _removal(snapshot: Snapshot, gone: Passage, kept: Passage, safety: Applicability) -> Fix | None:
    document: Document = gone.document
    change = without(snapshot, gone, kept)
    line = document.position(_start(gone)).line
    return Fix(f"remove line {line}, which another says too", safety, (change,)) if change else None
