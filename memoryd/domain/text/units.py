"""Units of size of harnesses."""

from enum import StrEnum

from memoryd.domain.text.utf16 import utf16_prefix, utf16_units

_TOKEN_BYTES = 4


class Unit(StrEnum):
    """The unit of size of a harness."""

    UTF16 = "UTF-16 units"
    CHARACTERS = "characters"  # code points
    TOKENS = "tokens"  # estimated as four bytes of UTF-8 each, rounded down

    def size(self, text: str) -> int:
        """Return the size of a text in this unit."""
        if self is Unit.UTF16:
            return utf16_units(text)
        return len(text) if self is Unit.CHARACTERS else len(text.encode()) // _TOKEN_BYTES

    def prefix(self, text: str, most: int) -> str:
        """Return the longest prefix of a text of at most so many units."""
        if self is Unit.UTF16:
            return utf16_prefix(text, most)
        if self is Unit.CHARACTERS:
            return text[:most]
        return text.encode()[: most * _TOKEN_BYTES].decode(errors="ignore")

    def suffix(self, text: str, most: int) -> str:
        """Return the longest suffix of a text of at most so many units."""
        if self is Unit.UTF16:
            before = max(utf16_units(text) - most, 0)
            head = utf16_prefix(text, before)
            return text[len(head) + (utf16_units(head) < before) :]  # never half of a surrogate pair
        if self is Unit.CHARACTERS:
            return text[max(len(text) - most, 0) :]
        data = text.encode()
        return data[max(len(data) - most * _TOKEN_BYTES, 0) :].decode(errors="ignore")
