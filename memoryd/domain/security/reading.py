"""Text as a reader takes it."""

import re
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

from memoryd.values import regex

# Emphasis, invisible characters, and escapes before punctuation: they change no word. Each alternative begins
# with a character: `re` skips to the next of them, and would try lookarounds at every place.
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_ESCAPES = r"|\\(?=[!-/:-@\[-`{-~])|_(?<!\w_)_*(?=\w)|_(?<=\w_)_*(?!\w)"
_SILENT = regex("|".join(f"{re.escape(mark)}[*~{_INVISIBLE}]*" for mark in f"*~{_INVISIBLE}") + _ESCAPES)
_SILENT_ALONE = regex(r"\*[*~]*|~[*~]*" + _ESCAPES)  # of a text without invisible characters
_MIXED = regex(r"\b(?=\w*[a-z])(?=\w*[\u0370-\u04ff])\w+\b")
_ALIKE = str.maketrans("аеорсухіјѕһԁɡοαενικ", "aeopcyxijshdgoaevik")
# A line that continues the one before, with the mark of its quotation
_WRAPPED = regex(r"\n(?<!\n\n)(?:[ \t]*>[ \t]?)?(?![ \t]*(?:\n|[-+#|`>]|\*[ \t]|\d{1,9}[.)][ \t]|\Z))")


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
        silent = _SILENT if any(map(lower.__contains__, _INVISIBLE)) else _SILENT_ALONE
        gaps = [match.span() for match in silent.finditer(lower)]
        begins, ends = [0, *(end for _, end in gaps)], [*(start for start, _ in gaps), len(lower)]
        self._kept = [*zip(begins, ends, strict=True)]
        self.lines = "".join([lower[start:end] for start, end in self._kept])
        self.joined = "".join([joined[start:end] for start, end in self._kept])

    def offsets(self, places: Iterable[int]) -> dict[int, int]:
        """Return the offset in bytes of the source of each of some places."""
        offsets, last, at = {}, 0, 0
        starts = [0, *accumulate(end - start for start, end in self._kept[:-1])]
        for place in sorted(set(places)):
            part = bisect_right(starts, place) - 1
            origin = self._kept[part][0] + place - starts[part]
            at += len(self._text[last:origin].encode())
            last = origin
            offsets[place] = at
        return offsets


def _latin(word: re.Match[str]) -> str:
    return word[0].translate(_ALIKE)
