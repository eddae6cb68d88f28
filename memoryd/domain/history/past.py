"""The past of an index file, by line and section."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import field

from memoryd.domain.history.line_changes import changed_parts
from memoryd.values import dataclass, regex

_TICK = 1e-6  # seconds; of two versions recorded in one millisecond the later is the newer
_VERSIONS = 40  # the last so many tell which sections change
_FADING = 0.8  # of what a change counts, for each version since
_HEADING = regex(rb" {0,3}#{1,6}[ \t]+(.*)")
_FENCE = regex(rb" {0,3}(?:`{3,}|~{3,})")


@dataclass(frozen=True, slots=True)
class Past:
    """The known past of an index file.

    Attributes:
        born: When lines were first seen, in seconds since the epoch, by stripped line; a line that is
            absent is new. Empty where nothing is known.
        changes: How often sections changed, by `section_key`; the latest changes count most.
    """

    born: Mapping[bytes, float] = field(default_factory=dict)
    changes: Mapping[str, float] = field(default_factory=dict)


UNKNOWN = Past()
"""The past of a file without known earlier versions."""


def read_past(versions: Iterable[tuple[float, bytes | None]]) -> Past:
    """Return the past that the versions of a file tell.

    Args:
        versions: Oldest first: seconds since the epoch, and content; None where there was no file.
    """
    born: dict[bytes, float] = {}
    recent: list[bytes] = []
    before, last = b"", 0.0
    for recorded, content in versions:
        time = last = max(recorded, last + _TICK)
        _, new = changed_parts(before, content or b"")  # the other lines are known
        for line in new.split(b"\n"):
            born.setdefault(line.strip(), time)
        before = content or b""
        if content is not None:
            recent = [*recent[-_VERSIONS:], content]
    return Past(born, _changes(recent))


def _changes(versions: list[bytes]) -> dict[str, float]:
    """Return how often each section changed from one version to the next."""
    found: dict[str, float] = {}
    before: dict[bytes, str] | None = None
    for number, content in enumerate(versions):
        after = _sections(content)
        if before is not None:
            changed = {after[line] for line in after.keys() - before.keys()}
            changed |= {before[line] for line in before.keys() - after.keys()}
            weight = _FADING ** (len(versions) - 1 - number)
            for key in changed:
                found[key] = found.get(key, 0.0) + weight
        before = after
    return found


def _sections(content: bytes) -> dict[bytes, str]:
    """Return the key of the section that each line is in."""
    found: dict[bytes, str] = {}
    key, is_code = "", False
    for line in content.split(b"\n"):
        if _FENCE.match(line):
            is_code = not is_code
        heading = None if is_code else _HEADING.match(line)
        if heading:
            key = section_key(heading[1].decode(errors="replace"))
        if line.strip():
            found[line.strip()] = key
    return found


def section_key(title: str) -> str:
    """Return what stays the same of a heading when its numbers, dates and marks change."""
    return " ".join(re.findall(r"[^\W\d_]+", title)).casefold()
