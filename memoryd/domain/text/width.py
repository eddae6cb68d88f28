"""Width of text on a terminal."""

import unicodedata
from collections.abc import Callable
from functools import lru_cache

from memoryd.values import regex

_LEAD = regex(r" *(?:\d+  )?")
_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})  # marks, and format characters such as joiners
_WIDE = frozenset({"W", "F"})


def width(text: str) -> int:
    """Return the number of cells that a text without control characters takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_width, text))


def wrap(text: str, columns: int, indent: str, measure: Callable[[str], int] | None = None) -> list[str]:
    """Break a line between words, so that each part fits; a word that is too wide stands alone.

    Args:
        text: Without control characters; spaces at its beginning are kept.
        columns: Most cells of a part.
        indent: What further parts begin with.
        measure: Returns the cells of a text; by default `width`.
    """
    measure = measure or width
    if measure(text) <= columns:
        return [text]
    lead = text[: len(text) - len(text.lstrip(" "))]
    first, *words = text[len(lead) :].split(" ")
    lines = [lead + first]
    for word in words:
        longer = f"{lines[-1]} {word}"
        if measure(longer) <= columns:
            lines[-1] = longer
        elif word:
            lines.append(indent + word)
    return lines


def hang(text: str, columns: int, measure: Callable[[str], int]) -> list[str]:
    """Break a line as `wrap` does; further parts begin below its text, or below that after a number.

    Args:
        text: Without control characters.
        columns: Most cells of a part; 0 for no limit.
        measure: Returns the cells of a text.
    """
    if not columns:
        return [text]
    lead = _LEAD.match(text)
    indent = min(lead.end() if lead else 0, columns // 2)
    return wrap(text, columns, " " * indent, measure)


@lru_cache(1024)  # tables repeat bars and dashes
def _width(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
