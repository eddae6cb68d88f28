"""Text as it is indexed, split for FTS5.

FTS5's tokenizer takes a run of a script without spaces for one word, and ignores emoji. So a separator is
put around every such character before indexing, and a query for several of them becomes a phrase.
Code points that only change how an emoji looks (joiner, variation, skin tone) are not tokens: “👍” finds
every “👍”.
"""

import unicodedata
from collections.abc import Iterator

from memoryd.values import regex

# FTS5 puts these around a match; `segment` keeps both out of indexed text.
OPEN, CLOSE = "\x02", "\x03"
SEAM = "\x1f"
"""Separates the characters of scripts without spaces in the index."""

# Han, kana, bopomofo, Hangul; Thai and Lao, Burmese, Khmer.
_UNSPACED = (
    r"\u1100-\u11ff\u3005-\u3007\u3021-\u3029\u3040-\u318f\u31a0-\u31bf\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff"
    r"\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uff9f\U0001b000-\U0001b16f\U00020000-\U0003ffff"
    r"\u0e00-\u0eff\u1000-\u109f\ua9e0-\ua9fe\uaa60-\uaa7f\u1780-\u17ff\u19e0-\u19ff"
)
# Symbols and pictures, without skin tones; by range, since SQLite's own table of them is old.
_PICTURES = (
    (0x231A, 0x231B), (0x23E9, 0x23FA), (0x2600, 0x2767), (0x2776, 0x27BF), (0x2B05, 0x2B07),
    (0x2B1B, 0x2B1C), (0x2B50, 0x2B55), (0x1F1E6, 0x1F1FF), (0x1F300, 0x1F3FA), (0x1F400, 0x1F64F),
    (0x1F680, 0x1F6FF), (0x1F7E0, 0x1F7FF), (0x1F900, 0x1F9FF), (0x1FA70, 0x1FAFF),
)  # fmt: skip
_EMOJI = "".join(f"{chr(first)}-{chr(last)}" for first, last in _PICTURES)
EMOJI = "".join(chr(code) for first, last in _PICTURES for code in range(first, last + 1))
"""Characters that the tokenizer must treat as letters besides those that it knows."""

_APART = regex(rf"([{_UNSPACED}{_EMOJI}]+)")
_PIECE = regex(rf"[{_UNSPACED}]+|[{_EMOJI}]|[^\W_{_UNSPACED}]+")
_RUN = regex(rf"[{_UNSPACED}]+")
# Neither SQLite (NUL, surrogates) nor a terminal (escape sequences) should see these.
_UNFIT = regex(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_CONTROL = bytes([*range(9), *range(11, 32), 127])  # a check for their absence takes a tenth of the time


def clean(text: str) -> str:
    """Return text without control characters (tab and newline stay) and lone surrogates, composed (NFC)."""
    if text.isascii():
        if text.isprintable():  # true for most names, in a tenth of that time
            return text
        raw = text.encode()
        return text if len(raw) == len(raw.translate(None, _CONTROL)) else _UNFIT.sub(" ", text)
    text = _UNFIT.sub(" ", text)
    return text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)


def segment(text: str) -> str:
    """Return text as it is indexed: cleaned, unspaced scripts and emoji separated; newlines stay."""
    text = clean(text)
    if text.isascii():
        return text
    parts = _APART.split(text)  # every second one is a run of such characters
    parts[1::2] = [f"{SEAM}{SEAM.join(run)}{SEAM}" for run in parts[1::2]]
    return "".join(parts)


def unsegmented(text: str) -> str:
    """Return segmented text as people read it."""
    return text.replace(SEAM, "")


def has_words(text: str) -> bool:
    """Return whether a text has any searchable word."""
    return next(pieces(text), None) is not None


def pieces(text: str) -> Iterator[str]:
    """Yield words and emoji; for a run of an unspaced script, every two neighbors without their marks."""
    for piece in _PIECE.findall(text):
        if _RUN.match(piece):
            letters = "".join(filter(str.isalnum, piece))
            yield from (letters[at : at + 2] for at in range(max(min(len(letters), 1), len(letters) - 1)))
        else:
            yield piece
