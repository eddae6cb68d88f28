"""Units that became a part of another one."""

from collections.abc import Sequence
from itertools import accumulate

from memoryd.domain.markdown.model import BlockKind
from memoryd.domain.merging.units import MergeUnit, identity_of

_TEXTS = frozenset({BlockKind.LIST, BlockKind.PARAGRAPH})


def separate(units: Sequence[MergeUnit], old: Sequence[MergeUnit]) -> list[MergeUnit]:
    """Split units that end with the whole text of a unit of the version before.

    An agent that adds an entry right above a paragraph makes Markdown take both for one.

    Args:
        units: The units of a version.
        old: The units of the one that it was made from.
    """
    before = {unit.identity for unit in old}
    grown = {
        unit.identity
        for unit in units
        if unit.identity not in before and unit.kind in _TEXTS and unit.text.count(b"\n") > 1
    }
    if not grown:
        return list(units)
    missing = before - {unit.identity for unit in units}
    parts = [_parts(unit, missing) if unit.identity in grown else [unit] for unit in units]
    numbers = [*accumulate(map(len, parts), initial=0)]
    numbers[-1] = -1  # what is above no unit
    return [
        part._replace(parent=numbers[part.parent], section=numbers[part.section])
        for some in parts
        for part in some
    ]


def _parts(unit: MergeUnit, missing: set[bytes]) -> list[MergeUnit]:
    lines = unit.text.splitlines(keepends=True)
    for at in range(1, len(lines)):
        rest = b"".join(lines[at:])
        if rest.strip() in missing:
            first = b"".join(lines[:at])
            return [
                unit._replace(text=first, identity=identity_of(unit.kind, first)),
                unit._replace(kind=BlockKind.PARAGRAPH, text=rest, gap=b"", identity=rest.strip()),
            ]
    return [unit]
