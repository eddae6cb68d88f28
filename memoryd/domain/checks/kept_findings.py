"""Findings of stores, kept while their inputs stay equal."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import TYPE_CHECKING, Any

from memoryd.domain.checks.diagnostic import Diagnostic, RelatedLocation, Severity
from memoryd.domain.checks.rule import Rule, RuleContext
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Proof
from memoryd.domain.history.delta import common_ends
from memoryd.domain.markdown.model import Position
from memoryd.domain.stores.digest import digest_of
from memoryd.domain.text.kept_facts import StoreFacts

if TYPE_CHECKING:
    from memoryd.domain.agents.roster import Roster
    from memoryd.domain.stores.snapshot import Snapshot

_BEFORE = 1  # stands for the bytes of a file as it was read


def findings_of(context: RuleContext, rules: tuple[Rule, ...]) -> Iterator[Diagnostic]:
    """Yield the findings of rules in a store, by rule; what an earlier run found is not looked for again.

    Rules depend on nothing but the store, its surroundings and the options. If all of them are equal, the
    findings are, with their fixes.
    """

    def run() -> Iterator[Diagnostic]:
        return chain.from_iterable(rule.run(context) for rule in rules)

    snapshot = context.snapshot
    of = (snapshot, context.around)
    yield from _kept(snapshot.kept, rules, (context.options, *of), run, (snapshot,))


def roster_findings(roster: "Roster", rules: tuple[Rule, ...]) -> Iterator[Diagnostic]:
    """Yield the findings of rules over stores and definitions together, in the same way."""

    def run() -> Iterator[Diagnostic]:
        return chain.from_iterable(rule.run_roster(roster) for rule in rules)

    yield from _kept(roster.kept, rules, (None, roster), run, roster.snapshots)


def _kept(
    known: StoreFacts | None,
    rules: tuple[Rule, ...],
    of: tuple[object, ...],
    run: Callable[[], Iterator[Diagnostic]],
    snapshots: "tuple[Snapshot, ...]",
) -> Iterator[Diagnostic]:
    """Yield the findings about some values; the first is the options."""
    if known is None:
        yield from run()
        return
    name = f"findings {digest_of(tuple(rule.code for rule in rules), of[0])}"
    digest = digest_of(*of)
    packed = known.of(name, digest)
    if packed is not None:
        yield from unpack_findings(packed, snapshots, {rule.code: rule for rule in rules})
        return
    found = tuple(run())
    known.add_of(name, digest, pack_findings(found, snapshots))
    yield from found


def pack_findings(found: Iterable[Diagnostic], snapshots: "tuple[Snapshot, ...]") -> list[object]:
    """Return findings as a JSON value; a fix of several findings is in it once."""
    raw = _contents(snapshots)
    fixes: dict[int, int] = {}
    made: list[object] = []
    rows: list[object] = []
    for each in found:
        if each.fix and id(each.fix) not in fixes:
            fixes[id(each.fix)] = len(made)
            made.append(_packed_fix(each.fix, raw))
        places = (each.start.line, each.start.column, each.end.line, each.end.column)
        related = [
            (place.path, place.position.line, place.position.column, place.message) for place in each.related
        ]
        fix = fixes[id(each.fix)] if each.fix else None
        texts = (each.store, each.path, each.quoted, each.source_line, each.message)
        rows.append((each.code, each.level, *texts, *places, related, fix))
    return [made, rows]


def unpack_findings(
    packed: Any,  # noqa: ANN401  # JSON
    snapshots: "tuple[Snapshot, ...]",
    rules: Mapping[str, Rule],
) -> Iterator[Diagnostic]:
    """Yield the findings of a JSON value.

    Args:
        packed: What `pack_findings` returned.
        snapshots: The same stores, with the same contents.
        rules: The rules that found them, among others, by code.
    """
    raw = _contents(snapshots) if packed[0] else {}
    fixes = [_unpacked_fix(each, raw) for each in packed[0]]
    for code, level, store, path, quoted, source_line, message, *places, related, fix in packed[1]:
        rule = rules[code]
        line, column, end_line, end_column = places
        yield Diagnostic(
            code=code,
            name=rule.name,
            level=Severity(level),
            store=store,
            path=path,
            start=Position(line, column),
            end=Position(end_line, end_column),
            quoted=quoted,
            source_line=source_line,
            message=message,
            related=tuple(
                RelatedLocation(where, Position(*position), what) for where, *position, what in related
            ),
            fix=None if fix is None else fixes[fix],
        )


def _packed_fix(fix: Fix, raw: Mapping[str, bytes]) -> tuple[object, ...]:
    changes = [_packed_change(each, raw.get(each.path)) for each in fix.changes]
    proof = fix.proof and (fix.proof.digest, fix.proof.lines)
    return (fix.title, fix.applicability, changes, proof, fix.outcome)


def _unpacked_fix(packed: Any, raw: Mapping[str, bytes]) -> Fix:  # noqa: ANN401  # JSON
    title, applicability, changes, proof, outcome = packed
    made = tuple(_unpacked_change(each, raw.get(each[1])) for each in changes)
    return Fix(title, Applicability(applicability), made, Proof(*proof) if proof else None, outcome)


def _contents(snapshots: "Iterable[Snapshot]") -> Mapping[str, bytes]:
    """Return the bytes of the files of stores, by absolute path."""
    return {
        f"{snapshot.store.root}/{path}": each.raw
        for snapshot in snapshots
        for path, each in snapshot.documents.items()
    }


def _packed_change(change: FileChange, known: bytes | None) -> tuple[object, ...]:
    """Return a change as a JSON value that names the bytes of a known file, and holds only what differs."""
    is_known = known is not None and change.before == known
    before = _BEFORE if is_known else _as_text(change.before)
    after: object = None
    if change.after is not None:
        base = change.before or b""
        start, end = common_ends(base, change.after)
        after = (start, end, _as_text(change.after[start : len(change.after) - end]))
    return (change.root, change.path, before, after, change.mode, change.sources)


def _unpacked_change(packed: Any, known: bytes | None) -> FileChange:  # noqa: ANN401  # JSON
    root, path, before, after, mode, sources = packed
    old = known if before == _BEFORE else _as_bytes(before)
    new = None
    if after is not None:
        start, end, middle = after
        base = old or b""
        new = base[:start] + (_as_bytes(middle) or b"") + base[len(base) - end :]
    return FileChange(root, path, old, new, mode, tuple(sources))


def _as_text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode(errors="surrogateescape")


def _as_bytes(text: str | None) -> bytes | None:
    return None if text is None else text.encode(errors="surrogateescape")
