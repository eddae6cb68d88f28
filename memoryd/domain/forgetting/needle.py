"""The text to forget, and its matches in other texts."""

import html
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property
from urllib.parse import quote

from memoryd.domain.forgetting.encodings import EncodedText, texts_of
from memoryd.domain.forgetting.escapes import meanings, placed
from memoryd.domain.forgetting.source_map import MappedText
from memoryd.domain.search.segments import SEAM
from memoryd.errors import MemorydError
from memoryd.values import regex

_WHOLE_WORD = 8  # characters: a shorter text matches whole words only
_TELLING = 6  # bytes
_UNSPACED = "\u0e00"  # from here on, letters without case (Thai, Chinese …) are written without spaces
_HANGUL = "\u1100", "\u11ff"  # letters that combine to syllables
_SHOWN = 4  # characters of a text that may be a secret
_INVISIBLE = f"\u00ad\u200b\u2060\ufeff{SEAM}"

# The raw form, except white space: a line may break anywhere, but a paragraph is another text.
_WRITTEN = regex(rf"(?P<parted>\s*\n\s*\n\s*)|(?P<space>\s+(?:>\s*)*)|(?P<skip>[{_INVISIBLE}]+)")
# The same with words joined as in file names and links.
_JOINED = regex(
    rf"(?P<parted>\s*\n\s*(?:\n|(?:[-*+]|\d{{1,9}}[.)])\s)[\s_-]*)"
    rf"|(?P<space>(?:[\s_-]|%20)+)|(?P<skip>[{_INVISIBLE}]+)"
)
# The rendered form, without markup.
_READ = regex(
    r"(?P<parted>\s*\n\s*(?:\n|(?:[-*+]|\d{1,9}[.)])\s)[\s_-]*)"
    r"|(?P<space>[\s_-]+(?:>[\s_-]*)*)"
    r"|(?P<entity>&(?:\#\d{1,7}|\#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});)"
    r"|(?P<skip>\]\([^()\n]*\)|\]\[[^\[\]\n]*\]|</?[a-z][^<>]*>|<!--|-->|(?:\\(?=[!-/:-@\[-`{-~]))+"
    rf"|[*`~\[\]{_INVISIBLE}]+)",
    re.IGNORECASE,
)
_PATTERNS = {"written": _WRITTEN, "joined": _JOINED, "read": _READ}
# The form without accents, except on the last letter: a combining mark may follow it.
_LETTERS = regex(r"[\x00-\x7f]+(?![^\x00-\x7f])|[\x00-\x7f]?[^\x00-\x7f]+")
_HALVES = regex(r"[\ud800-\udfff]")  # the form of undecodable arguments
_WORD = regex(r"[^\W_]+")
_NO_WORD = regex(r"[\W_]+")
_BETWEEN_WORDS = regex(r"\]\([^()\n]*\)|\]\[[^\[\]\n]*\]|</?[a-z][^<>]*>", re.IGNORECASE)


class Needle:
    """A text to forget; it may be a secret, so it is only shown masked.

    It matches whatever the case and Unicode form: as it is written, or as a reader sees it, across line
    ends, emphasis and links, with other separators between its words, and with escapes, as in a URL or
    in JSON.

    Attributes:
        is_whole: It is short, so that only whole words match.
        forms: The forms in which it is compared, by their names, without those that have no word.

    Raises:
        MemorydError: If it has no letter and no digit, or is not Unicode.
    """

    def __init__(self, text: str) -> None:
        if _HALVES.search(text):
            raise MemorydError("TEXT is not valid UTF-8")
        self._text = text.strip()
        if not _WORD.search(text):
            raise MemorydError("TEXT has no letter or digit")
        self.is_whole = len(self._text) < _WHOLE_WORD
        self.forms = {name: form for name, form in forms_of(self._text) if _WORD.search(form)}
        self._readings = tuple(
            (_PATTERNS[name], _pattern(form, whole=self.is_whole)) for name, form in self.forms.items()
        )
        self._encoded = EncodedText(self._text)
        self._skeleton = _NO_WORD.sub("", fold(self._text))

    def __repr__(self) -> str:  # never the text, since tracebacks show this
        return f"Needle({self.mask!r})"

    @property
    def mask(self) -> str:
        """Its first characters, at most four and at most half of it."""
        return self._text[: min(_SHOWN, len(self._text) // 2)] + "…"

    @cached_property
    def words(self) -> tuple[str, ...]:
        """Its words, without case and accents."""
        return tuple(dict.fromkeys(_WORD.findall(_bare(self._text))))

    def is_in_text(self, text: str) -> bool:
        """Return whether a text mentions it."""
        return self._is_read_in(text) or any(self._is_read_in(meant) for meant, _ in meanings(text))

    def _is_read_in(self, text: str) -> bool:
        """Return whether a text mentions it without escapes."""
        if self._skeleton not in _NO_WORD.sub("", fold(text.replace("%20", " "))):
            seen = _BETWEEN_WORDS.sub("", html.unescape(text))
            if self._skeleton not in _NO_WORD.sub("", fold(seen)):
                return False
        return any(wanted.search(_simplified(text, pattern)) for pattern, wanted in self._readings)

    def is_in_bytes(self, raw: bytes) -> bool:
        """Return whether bytes of any kind contain it: in UTF-8, UTF-16, or in an old encoding."""
        if any(self.is_in_text(text.replace(SEAM, "")) for text in texts_of(raw)):
            return True
        return self._encoded.in_old_encoding(raw)

    def is_in_base64(self, raw: bytes) -> bool:
        """Return whether bytes contain it in base64; for a long text only."""
        return self._encoded.in_base64(raw)

    @cached_property
    def _forms(self) -> tuple[bytes, ...]:
        cases = (self._text, fold(self._text), self._text.lower(), self._text.upper(), self._text.title())
        forms = (unicodedata.normalize(form, each) for each in cases for form in ("NFC", "NFD"))
        joined = [re.sub(r"\s+", joint, form) for form in forms for joint in (" ", "-", "_")]
        escaped = [each for form in joined for each in (quote(form, safe=""), json.dumps(form)[1:-1])]
        return tuple(dict.fromkeys(form.encode(errors="replace").lower() for form in [*joined, *escaped]))

    @property
    def is_telling(self) -> bool:
        """Return whether it is too long to occur in compressed bytes by chance."""
        return all(len(form) >= _TELLING for form in self._forms)

    def is_in_raw(self, raw: bytes) -> bool:
        """Return whether bytes contain it in one of its likely forms; fast."""
        lower = raw.lower()
        return any(form in lower for form in self._forms)

    def find(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return start and end of each match in a text, in code points from 0, in order."""
        found = self._find(text)
        for meant, way in meanings(text):
            if inner := self._find(meant):
                origin = placed(text, way)
                found |= {origin.place(start, end) for start, end in inner}
        return tuple(sorted(found))

    def _find(self, text: str) -> set[tuple[int, int]]:
        """Return start and end of each match without escapes."""
        found: set[tuple[int, int]] = set()
        if not self._is_read_in(text):
            return found
        for pattern, wanted in self._readings:
            made = _read(text, pattern)
            found |= {made.place(*match.span()) for match in wanted.finditer(made.text)}
        return found

    def words_are_in_text(self, text: str) -> bool:
        """Return whether a text has all its words, in any order; long ones also as part of a longer word."""
        bare = _bare(text)
        if any(word not in bare for word in self.words):
            return False
        standing = set(_WORD.findall(bare))
        return all(len(word) >= _SHOWN or not _has_words(word) or word in standing for word in self.words)

    def words_are_in_bytes(self, raw: bytes) -> bool:
        """Return whether bytes contain it or all its words."""
        return self.is_in_bytes(raw) or any(map(self.words_are_in_text, texts_of(raw)))

    def masked(self, text: str) -> str:
        """Return a text with the mask instead of every match."""
        parts, end = [], 0
        for start, stop in self.find(text):
            if start >= end:
                parts += [text[end:start], self.mask]
            end = max(end, stop)
        return "".join([*parts, text[end:]])


def forms_of(text: str) -> Iterator[tuple[str, str]]:
    """Yield a text as it is written, with its words joined, and as it is read, each with its name."""
    return ((name, _simplified(text, pattern).strip()) for name, pattern in _PATTERNS.items())


def begins_word(text: str, start: int) -> bool:
    """Return whether a match at an offset of a form begins with a whole word."""
    return start == 0 or not (text[start - 1].isalnum() and _has_words(text[start]))


def ends_word(text: str, end: int) -> bool:
    """Return whether a match up to an offset of a form ends with a whole word."""
    return end == len(text) or not (text[end].isalnum() and _has_words(text[end - 1]))


def fold(text: str) -> str:
    """Return a text without case, composed (NFC)."""
    if text.isascii():
        return text.lower()
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def _bare(text: str) -> str:
    """Return a text without case and accents."""
    if text.isascii():
        return text.lower()
    parts = unicodedata.normalize("NFD", text).casefold()
    bare = "".join(each for each in parts if unicodedata.category(each) != "Mn" or each >= _UNSPACED)
    return unicodedata.normalize("NFC", bare)


def _has_words(character: str) -> bool:
    """Return whether a letter or digit belongs to a script with spaces between words."""
    return character[0].isalnum() and not (
        character[0] >= _UNSPACED and unicodedata.category(character[0]) == "Lo"
    )


def _pattern(simplified: str, *, whole: bool) -> re.Pattern[str]:
    before = r"(?<![^\W_])" if whole and _has_words(simplified[0]) else ""
    after = r"(?![^\W_])" if whole and _has_words(simplified[-1]) else ""
    return re.compile(before + re.escape(simplified) + after)


def _instead(match: re.Match[str]) -> str:
    """Return the replacement of white space, markup or a character reference."""
    if match.lastgroup == "parted":
        return "\n"
    if match.lastgroup == "space":
        return " "
    return html.unescape(match[0]) if match.lastgroup == "entity" else ""


def _simplified(text: str, pattern: re.Pattern[str]) -> str:
    return fold(pattern.sub(_instead, text))


def _read(text: str, pattern: re.Pattern[str]) -> MappedText:
    """Return the result of `_simplified` with its source map."""
    made = MappedText()
    end = 0
    for match in pattern.finditer(text):
        if match[0] != " ":  # which stays as it is
            _take_text(made, text, end, match.start())
            made.take(fold(_instead(match)), *match.span())
            end = match.end()
    _take_text(made, text, end, len(text))
    return made


def _take_text(made: MappedText, text: str, start: int, end: int) -> None:
    for match in _LETTERS.finditer(text, start, end):
        if match[0].isascii():
            made.take(match[0].lower(), match.start())  # character by character
        else:
            for first, stop in _characters(text, *match.span()):
                made.take(fold(text[first:stop]), first, stop)


def _characters(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of the characters of a part of a text, each with its combining marks."""
    at = start
    while at < end:
        stop = at + 1
        while stop < end and (
            unicodedata.combining(text[stop])
            or (_HANGUL[0] <= text[stop] <= _HANGUL[1] and _HANGUL[0] <= text[at] <= _HANGUL[1])
        ):
            stop += 1
        yield at, stop
        at = stop
