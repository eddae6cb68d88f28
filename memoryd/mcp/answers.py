"""Texts for the model, short and marked as data."""

from collections.abc import Iterable

from memoryd.domain.limits.loaded import displayed
from memoryd.domain.text.escape import visible, visible_line
from memoryd.domain.text.phrases import one_line, shorten
from memoryd.values import regex

SHORT = 2000
"""Bytes of an answer, unless more is asked for."""

LONG = 48_000
"""Characters of any answer: the client shows 50,000."""

_TAG = regex(r"<(?=\s*/?\s*memory-data)")
_QUOTED = 120  # characters
_ROOM = 40  # bytes for the last line


def fitting(head: str, lines: Iterable[str], most: int = SHORT) -> str:
    """Return a line and as many of others as fit, and how many are left out.

    Args:
        head: The first line, with the counts.
        lines: The others.
        most: Bytes.
    """
    kept = [visible_line(head)]
    left = most - len(kept[0].encode()) - _ROOM
    every = [visible_line(line) for line in lines]
    for number, line in enumerate(every):
        left -= len(line.encode()) + 1
        if left < 0:
            return "\n".join([*kept, f"({len(every) - number:,} more not shown)"])
        kept.append(line)
    return "\n".join(kept)


def framed(text: str) -> str:
    """Return text of memory in a frame that marks it as data, which it cannot leave."""
    safe = _TAG.sub("&lt;", displayed(visible(text)))
    return f"<memory-data>\n{safe.rstrip()}\n</memory-data>"


def quoted(text: str, most: int = _QUOTED) -> str:
    """Return the beginning of a text as one quoted line."""
    return f'"{visible_line(displayed(shorten(one_line(text), most)))}"'
