"""Three-way merge of front matter by key."""

import re
from collections.abc import Mapping

from memoryd.domain.edits.merge3 import merge as merge_lines
from memoryd.domain.edits.merge3 import side_by_side
from memoryd.values import dataclass, regex

_FENCE = b"---\n"
_KEY = regex(rb"([\"']?)([A-Za-z_][\w.-]*)\1[ \t]*:(?:[ \t]|$)")
_FLOW = regex(rb"(?P<head>[^\[\]\n]*:[ \t]*)\[(?P<items>[^\[\]{}\"'\n]*)\][ \t]*\n")
_DATE = regex(rb"[^\n:]*:[ \t]*[\"']?\d{4}-\d\d-\d\d[^\n]*\n")

_Fields = dict[bytes, bytes]  # the lines of each key; those before the first one have the key ""


@dataclass(frozen=True, slots=True)
class MergedFields:
    """Merged front matter.

    Attributes:
        text: The block with its fences; empty if there is none.
        lost: Keys that both sides changed, where only our value stayed.
        conflicts: How many keys are between markers, of a strict merge.
    """

    text: bytes
    lost: tuple[str, ...] = ()
    conflicts: int = 0


def merge(base: bytes, ours: bytes, theirs: bytes, *, strict: bool) -> MergedFields:
    """Merge the front matter of two versions that were made from a third one.

    Args:
        base: The block with its fences, empty where there is none.
        ours: The block of one version.
        theirs: The block of the other version.
        strict: Put markers around values that contradict each other, instead of keeping ours.
    """
    if ours in (base, theirs):
        return MergedFields(theirs)
    if theirs == base or not theirs:
        return MergedFields(ours)
    if not ours:
        return MergedFields(theirs)
    sides = [_read(block) for block in (base, ours, theirs)]
    order = dict.fromkeys([*sides[1], *sides[2]])
    lines: list[bytes] = []
    lost: list[str] = []
    for key in order:
        old, here, there = (side.get(key, b"") for side in sides)
        value = _value(old, here, there)
        if value is None:
            lost.append(key.decode(errors="replace") or "---")
            value = _marked(here, there) if strict else here
        lines.append(value)
    text = _FENCE + b"".join(lines) + _FENCE
    return MergedFields(text, () if strict else tuple(lost), len(lost) if strict else 0)


def _marked(ours: bytes, theirs: bytes) -> bytes:
    return side_by_side(ours.rstrip(b"\n"), theirs.rstrip(b"\n"), ("ours", "theirs")).content


def _read(block: bytes) -> Mapping[bytes, bytes]:
    """Return the lines of each key of a block."""
    found: _Fields = {}
    key = b""
    for line in block.split(b"\n")[1:-2]:
        if match := _KEY.match(line):
            key = match[2]
        found[key] = found.get(key, b"") + line + b"\n"
    return found


def _value(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Return the merged lines of one key; None if both sides changed it in different ways."""
    if ours in (base, theirs):
        return theirs
    if theirs == base:
        return ours
    return _both(base, ours, theirs) if ours and theirs else ours or theirs


def _both(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """Return lines that say what both changed; None if there are none."""
    lists = [_FLOW.fullmatch(lines) for lines in (base, ours, theirs)]
    if lists[1] and lists[2]:
        return _joined(lists[0], lists[1], lists[2])
    if _DATE.fullmatch(ours) and _DATE.fullmatch(theirs):
        return max(ours, theirs)
    merged = merge_lines(base, ours, theirs)
    if not merged.conflicts and merged.content.count(b"\n") > 1:
        return merged.content
    here, there = (b" ".join(lines.split()) for lines in (ours, theirs))
    return ours if there in here else theirs if here in there else None


def _joined(base: re.Match[bytes] | None, ours: re.Match[bytes], theirs: re.Match[bytes]) -> bytes:
    """Return a list in brackets with what both sides added, without what one of them removed."""
    old, here, there = (_items(each) for each in (base, ours, theirs))
    stay = [item for item in here if item in there or item not in old]
    stay += [item for item in there if item not in here and item not in old]
    return ours["head"] + b"[" + b", ".join(stay) + b"]\n"


def _items(found: re.Match[bytes] | None) -> list[bytes]:
    return [item for each in found["items"].split(b",") if (item := each.strip())] if found else []
