"""Blank lines between units that no version has as neighbors."""

from memoryd.domain.markdown.model import BlockKind
from memoryd.domain.merging.units import MergeUnit

_BLANK = b"\n"


def gap_between(before: MergeUnit, after: MergeUnit) -> bytes:
    """Return the blank lines between two units: none between items, else as many as keep them apart."""
    if before.kind is after.kind and before.kind in {BlockKind.LIST, BlockKind.HTML}:
        return b""
    if after.parent >= 0 and before.kind is BlockKind.LIST:
        return after.gap
    return after.gap if after.gap.count(b"\n") > 1 else _BLANK
