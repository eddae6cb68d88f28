"""Files that the new lines of a change come from."""

from collections.abc import Iterable
from dataclasses import replace

from memoryd.domain.edits.plan import FileChange, Fix, Plan
from memoryd.values import regex

_TELLING = regex(rb"[^\W_]{3}")  # three letters or digits: not `---`, a bullet, a brace


def with_sources(plan: Plan) -> Plan:
    """Return a plan whose changes name the files that whole lines of them come from.

    A line comes from another file of the same fix that contained it before.
    """
    return replace(plan, fixes=tuple(map(_with_sources, plan.fixes)))


def _with_sources(fix: Fix) -> Fix:
    lines = {change.path: _lines(change.before) for change in fix.changes}
    return replace(fix, changes=tuple(_named(change, lines.items()) for change in fix.changes))


def _named(change: FileChange, known: Iterable[tuple[str, frozenset[bytes]]]) -> FileChange:
    new = _lines(change.after) - _lines(change.before)
    found = (path for path, lines in known if path != change.path and not new.isdisjoint(lines))
    return replace(change, sources=tuple(dict.fromkeys((*change.sources, *found))))


def _lines(content: bytes | None) -> frozenset[bytes]:
    """Return the lines of a file that have words, without white space around them."""
    return frozenset(line.strip() for line in (content or b"").split(b"\n") if _TELLING.search(line))
