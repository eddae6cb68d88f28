"""Texts in bytes of unknown encoding."""

import base64
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cached_property

_LEAST = 8  # bytes: shorter ones may occur in base64 by chance
_LEAST_OF_OTHERS = 4  # bytes: the same for encodings that are searched without decoding
_BREAKS = b" \t\r\n>"  # line breaks within base64
_UNICODE = ("utf-16-le", "utf-16-be", "cp1252")
_WIDE = ("utf-32-le", "utf-32-be")
_OTHERS = (
    *("cp1250", "cp1251", "cp1253", "cp1254", "cp1255", "cp1256", "koi8_r", "mac_roman", "cp437", "cp850"),
    *("shift_jis", "euc_jp", "iso2022_jp", "gb18030", "big5", "euc_kr"),
)


def texts_of(raw: bytes) -> Iterator[str]:
    """Yield bytes decoded as UTF-8; if they may be in another encoding, also as UTF-16 and Windows-1252."""
    try:
        yield raw.decode()
    except UnicodeDecodeError:
        yield raw.decode(errors="replace")
    else:
        if b"\0" not in raw:
            return
    for encoding in _UNICODE:
        yield raw.decode(encoding, errors="replace")
    for encoding in _WIDE if b"\0\0" in raw else ():
        yield raw.decode(encoding, errors="replace")
    if b"\0" in raw:  # UTF-16 within other data may begin at an odd offset
        yield raw.replace(b"\0", b"").decode(errors="replace")


class EncodedText:
    """A text in other encodings than UTF-8; case-insensitive only for old encodings."""

    def __init__(self, text: str) -> None:
        self._text = text

    def in_old_encoding(self, raw: bytes) -> bool:
        """Return whether bytes, not valid UTF-8, contain it in one of the old encodings."""
        return any(form in raw for form in self._old)

    def in_base64(self, raw: bytes) -> bool:
        """Return whether bytes contain it in base64, alone or within a longer text, also in folded lines."""
        if not self._base64:
            return False
        joined = raw.translate(None, _BREAKS)
        return any(form in joined for form in self._base64)

    @cached_property
    def _old(self) -> tuple[bytes, ...]:
        if self._text.isascii():  # then it is the same as in UTF-8
            return ()
        text = unicodedata.normalize("NFC", self._text)
        cases = dict.fromkeys((text, text.lower(), text.upper(), text.title(), text.capitalize()))
        found = (_encoded(each, encoding) for each in cases for encoding in _OTHERS)
        return tuple(dict.fromkeys(each for each in found if len(each) >= _LEAST_OF_OTHERS))

    @cached_property
    def _base64(self) -> tuple[bytes, ...]:
        forms = (self._text, *(unicodedata.normalize(form, self._text) for form in ("NFC", "NFD")))
        return tuple(dict.fromkeys(_aligned(form.encode() for form in dict.fromkeys(forms))))


def _encoded(text: str, encoding: str) -> bytes:
    try:
        return text.encode(encoding)
    except UnicodeEncodeError:
        return b""


def _aligned(forms: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the base64 characters that depend on these bytes alone, at each of the three alignments."""
    for form in forms:
        for shift in range(3) if len(form) >= _LEAST else ():
            begin = (8 * shift + 5) // 6
            end = 8 * (shift + len(form)) // 6
            inner = base64.b64encode(bytes(shift) + form)[begin:end]
            yield from (inner, inner.translate(bytes.maketrans(b"+/", b"-_")))
