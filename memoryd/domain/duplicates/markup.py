"""Text of a note without its markup."""

import re
import unicodedata

from memoryd.values import regex

COMMENT = regex(r"<!--.*?(?:-->|\Z)", re.DOTALL)
"""An HTML comment."""
CODE = regex(r"(?<!`)`{1,2}([^`]{1,2000})`{1,2}(?!`)")
"""A code span; its first group is the code."""
_MARKS = r"[ \t]*(?:(?:>|[-*+]|\d{1,9}[.)]|#{1,6})[ \t]+)*"
_FIRST_MARKS, _NEXT_MARKS = regex(_MARKS), regex(rf"\n{_MARKS}")
_LINK = regex(r"!?\[([^\[\]]*)\]\(([^()\s]*)[^()]*\)")
_WIKI = regex(r"\[\[([^\[\]]+)\]\]")
_EMPHASIS = regex(r"(?<![\w*\\])([*_]{1,3})(?=[^\s*_])(.{1,400}?)(?<![\s*_\\])\1(?![\w*])", re.DOTALL)
_ESCAPE = regex(r"\\([!-/:-@\[-`{-~])")
_CODED = "\ue000"  # replaces code spans while markup is processed
_SMALL = regex("([⁰¹²³⁴-⁹⁺⁻ⁿⁱ]+)|([₀-₉₊₋]+)|([¼-¾⅐-⅞])")  # NFKC would make them plain
# Full-width punctuation separates words, as the space after Latin punctuation does.
_WIDE = regex("[，；！、。《》〈〉「」『』【】（）“”‘’„‟‚«»…·—–―‐‑｡｢｣､]|(?<![0-9０-９])：|：(?![0-9０-９])")
_ENDS = regex(r"[ \t]*\r?\n[ \t>]*")


def plain(text: str) -> str:
    """Return a text without markup, normalized, with link destinations kept."""
    text = COMMENT.sub(" ", text) if "<!--" in text else text
    text, codes = masked(text) if "`" in text else (text, [])
    if not text.isascii():
        text = _WIDE.sub(lambda found: " . " if found[0] in "。；！，｡" else " ", text)
        text = unicodedata.normalize("NFKC", _SMALL.sub(_spelled, text))
    first = _FIRST_MARKS.match(text)
    text = _NEXT_MARKS.sub("\n", text[first.end() if first else 0 :])
    if "[" in text:
        text = _WIKI.sub(r" \1 ", _LINK.sub(r"\1 \2", text))
    text = without_emphasis(text).replace("~~", " ~~ ")
    text = (_ESCAPE.sub(r"\1", text) if "\\" in text else text).replace("`", " ")
    return unmasked(text, codes) if codes else text


def masked(text: str) -> tuple[str, list[str]]:
    """Return a text with a placeholder for each code span, and the code."""
    codes: list[str] = []

    def mask(found: re.Match[str]) -> str:
        codes.append(_ENDS.sub(" ", found[1]))
        return f"`{_CODED}`"

    return CODE.sub(mask, text.replace(_CODED, " ")), codes


def unmasked(text: str, codes: list[str]) -> str:
    """Return a text with its code restored: the inverse of `masked`."""
    left = iter(codes)
    return re.sub(_CODED, lambda _: next(left), text)


def without_emphasis(text: str) -> str:
    """Return a text without emphasis marks."""
    for _ in range(2):  # one may be in another
        if "*" not in text and "_" not in text:
            break
        text = _EMPHASIS.sub(_inner, text)
    return text


def _inner(found: re.Match[str]) -> str:
    return found.group(2)  # `re` would expand a template in Python


def _spelled(found: re.Match[str]) -> str:
    power, index, part = found.groups()
    return f"^{power}" if power else f"_{index}" if index else f" {part}"
