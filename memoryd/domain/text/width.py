"""Width of text on a terminal."""

import unicodedata

_NO_WIDTH = frozenset({"Mn", "Me", "Cf"})  # marks, and format characters such as joiners
_WIDE = frozenset({"W", "F"})


def width(text: str) -> int:
    """Return the number of cells that a text without control characters takes on a terminal."""
    return len(text) if text.isascii() else sum(map(_width, text))


def _width(character: str) -> int:
    if unicodedata.category(character) in _NO_WIDTH:
        return 0
    return 2 if unicodedata.east_asian_width(character) in _WIDE else 1
