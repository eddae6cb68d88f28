"""Fixes that would spread a file which another finding doubts."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.edits.plan import Applicability

_LINKING = frozenset({"L004", "F006"})  # their fixes make files reachable for agents
_DOUBTING = frozenset({"F007", "F008", "F009", "F011", "P001", "A009"})  # about a whole file
_FAMILY = "X"  # security: each finding doubts its file
_SECOND = frozenset({"F011", "A009"})  # about a file that is not the real one


def without_doubtful_fixes(found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
    """Yield findings, without the fixes that another finding makes doubtful.

    These are fixes that link to a doubted file, and safe fixes that change or use one that may be a copy of
    the real file.
    """
    known = tuple(found)
    doubted = {each.path for each in known if _is_doubting(each)}
    second = {each.path for each in known if each.code in _SECOND or _is_copy(each)}
    for each in known:
        is_linking = each.code in _LINKING and not doubted.isdisjoint({each.path, *_sources(each)})
        if each.fix and (is_linking or _is_safe_in(each, second)):
            yield replace(each, fix=None)
        else:
            yield each


def _is_doubting(found: Diagnostic) -> bool:
    return _is_copy(found) or found.code in _DOUBTING or found.code.startswith(_FAMILY)


def _is_copy(found: Diagnostic) -> bool:
    return found.code == "D001" and found.start == found.end  # a finding about a whole file


def _is_safe_in(found: Diagnostic, paths: set[str]) -> bool:
    """Return whether the fix of a finding is safe, and changes or uses one of some files."""
    if found.fix is None or found.fix.applicability is not Applicability.SAFE:
        return False
    return not paths.isdisjoint({*(change.path for change in found.fix.changes), *_sources(found)})


def _sources(found: Diagnostic) -> set[str]:
    """Return the absolute paths of the files that the fix of a finding takes something from."""
    return {path for change in (found.fix.changes if found.fix else ()) for path in change.sources}
