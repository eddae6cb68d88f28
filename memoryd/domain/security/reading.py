"""Text as a reader takes it."""

import re
from bisect import bisect_right
from collections.abc import Iterable

from memoryd.values import regex

# Emphasis, invisible characters, and escapes before punctuation: they change no word
_SILENT = regex(
    "[*~\u00ad\u200b-\u200d\u2060\ufeff]+|\\\\(?=[!-/:-@\\[-`{-~])|(?<!\\w)_+(?=\\w)|(?<=\\w)_+(?!\\w)"
)
_MIXED = regex(r"\b(?=\w*[a-z])(?=\w*[\u0370-\u04ff])\w+\b")
_ALIKE = str.maketrans("аеорсухіјѕһԁɡοαενικ", "aeopcyxijshdgoaevik")
# A line that continues the one before, with the mark of its quotation
_WRAPPED = regex(r"(?<!\n)\n(?:[ \t]*>[ \t]?)?(?![ \t]*(?:\n|[-+#|`>]|\*[ \t]|\d{1,9}[.)][ \t]|\Z))")


class ReadText:
    """A text in lower case, without emphasis and invisible characters.

    Letters of other alphabets within Latin words are those that they look like.

    Args:
        source: The text, in UTF-8.

    Attributes:
        lines: The text.
        joined: The same with a space instead of each line end within a paragraph; places are the same.
    """

    def __init__(self, source: bytes) -> None:
        self._text = source.decode(errors="replace")
        lower = self._text.lower()
        if len(lower) != len(self._text):  # a character became two
            lower = "".join(each.lower() if len(each.lower()) == 1 else each for each in self._text)
        if not lower.isascii():
            lower = _MIXED.sub(_latin, lower)
        joined = _WRAPPED.sub(lambda match: " " * len(match[0]), lower)
        self._starts, self._origins = [0], [0]
        parts, joined_parts, last, length = [], [], 0, 0
        for match in _SILENT.finditer(lower):
            parts.append(lower[last : match.start()])
            joined_parts.append(joined[last : match.start()])
            length += match.start() - last
            last = match.end()
            self._starts.append(length)
            self._origins.append(last)
        self.lines = "".join([*parts, lower[last:]])
        self.joined = "".join([*joined_parts, joined[last:]])

    def offsets(self, places: Iterable[int]) -> dict[int, int]:
        """Return the offset in bytes of the source of each of some places."""
        offsets, last, at = {}, 0, 0
        for place in sorted(set(places)):
            part = bisect_right(self._starts, place) - 1
            origin = self._origins[part] + place - self._starts[part]
            at += len(self._text[last:origin].encode())
            last = origin
            offsets[place] = at
        return offsets


def _latin(word: re.Match[str]) -> str:
    return word[0].translate(_ALIKE)
