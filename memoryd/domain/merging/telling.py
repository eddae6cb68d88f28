"""Lines about a merge for a person."""

from collections.abc import Iterator

from memoryd.domain.merging.merge import MergedFile
from memoryd.domain.text.phrases import counted

_MOST = 20  # lines about one file


def lines_of(merged: MergedFile, name: str) -> list[str]:
    """Return one line for each part of a merged file that a person may want to look at.

    Args:
        merged: The merged file.
        name: How to call it.
    """
    found = list(_lines(merged, name))
    more = len(found) - _MOST
    return found[:_MOST] + [f"{name}: {more} more"] * (more > 0)


def _lines(merged: MergedFile, name: str) -> Iterator[str]:
    if merged.conflicts:
        yield f"{name}: {counted(merged.conflicts, 'conflict', 'conflicts')} between markers"
    for key in merged.keys:
        yield f"{name}: both sides changed {key}; ours stays"
    for line, doubt in merged.doubts:
        yield f"{name}:{line}: kept, {doubt}"
