"""Fixes that would spread a file which another finding doubts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from memoryd.domain.checks.diagnostic import Diagnostic

_LINKING = frozenset({"L004", "F006"})  # their fixes make files reachable for agents
_DOUBTING = frozenset({"F007", "F008", "F009", "F011", "P001", "A009"})  # about a whole file
_FAMILY = "X"  # security: each finding doubts its file


def without_doubtful_fixes(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield findings, without the fixes that link to a file that another finding doubts."""
    known = tuple(found)
    doubted = {each.path for each in known if _is_doubting(each)}
    for each in known:
        if each.code in _LINKING and each.fix and not doubted.isdisjoint(_linked(each)):
            yield replace(each, fix=None)
        else:
            yield each


def _is_doubting(found: Diagnostic) -> bool:
    is_copy = found.code == "D001" and found.start == found.end  # a finding about a whole file
    return is_copy or found.code in _DOUBTING or found.code.startswith(_FAMILY)


def _linked(found: Diagnostic) -> set[str]:
    """Return the absolute paths of the files that the fix of a finding links to."""
    sources = {path for change in (found.fix.changes if found.fix else ()) for path in change.sources}
    return sources | {found.path}
