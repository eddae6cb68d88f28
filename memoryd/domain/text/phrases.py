"""Counted nouns, written sizes, shortened sentences and parts of text."""

from functools import cache, lru_cache

from memoryd.values import regex

_NEXT_UNIT = 999.5  # from here on, three digits would be four
_PRECISE = 9.95  # below, one digit is too rough

_BEYOND_ASCII = regex(r"[^\x00-\x7f]")
_MOST_LINES = 5  # that a message names


def counted(number: int, one: str, many: str) -> str:
    """Return a number with the noun that it counts."""
    return f"{number:,} {one if number == 1 else many}"


def written_size(size: float) -> str:
    """Return a number of bytes with a unit: 999 B, 1.5 kB, 34 MB."""
    units = ["B", "kB", "MB", "GB", "TB"]
    while abs(size) >= _NEXT_UNIT and len(units) > 1:
        size /= 1000
        del units[0]
    return f"{size:.1f} {units[0]}" if size < _PRECISE and units[0] != "B" else f"{size:,.0f} {units[0]}"


def counted_lines(numbers: list[int]) -> str:
    """Return the numbers of lines as words: `line 3`, `lines 3 and 5`, `lines 3, 5, 8 and 4 more`."""
    shown = [f"{number}" for number in numbers]
    if len(shown) == 1:
        return f"line {shown[0]}"
    if len(shown) > _MOST_LINES:
        shown[_MOST_LINES - 1 :] = [f"{len(shown) - _MOST_LINES + 1} more"]
    return f"lines {', '.join(shown[:-1])} and {shown[-1]}"


def shorten(text: str, most: int) -> str:
    """Return at most so many characters, cut between words, with an ellipsis and no open code span."""
    if len(text) <= most:
        return text
    if most < 12:  # noqa: PLR2004  # too short to be readable
        return ""
    cut = text[: most - 1]
    cut = cut[: cut.rfind(" ")] if " " in cut[most // 2 :] else cut
    if cut.count("`") % 2:
        cut = cut[: cut.rindex("`")]
    cut = cut.rstrip(" ,;:—–-(*_")
    return f"{cut}…" if cut else ""


def one_line(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())


def parts_in(text: str, parts: tuple[str, ...]) -> tuple[str, ...]:
    """Return those of some parts that a text contains in any case.

    Args:
        text: The text.
        parts: The parts in lower case, without question marks.
    """
    lower = text.lower()
    plain, others = _by_alphabet(parts)
    if not lower.isascii():
        if not others.isdisjoint(_BEYOND_ASCII.findall(lower)):
            return tuple([part for part in parts if part in lower])
        lower = lower.encode("ascii", "replace").decode()  # three times as fast as wide characters
    return tuple([part for part in plain if part in lower])


@lru_cache(maxsize=64)
def _by_alphabet(parts: tuple[str, ...]) -> tuple[tuple[str, ...], frozenset[str]]:
    """Return the parts that are in ASCII, and of each other the first character that is not."""
    plain = tuple(part for part in parts if part.isascii())
    others = (part for part in parts if not part.isascii())
    return plain, frozenset(next(each for each in part if not each.isascii()) for part in others)


def without_signs(text: str) -> str:
    """Return a text in ASCII with a space for all but letters, digits and ends of lines.

    That takes a tenth of the time of a pattern that finds the words.
    """
    return text.translate(_signs())


@cache
def _signs() -> dict[int, str]:
    return {code: " " for code in range(128) if not chr(code).isalnum() and code != ord("\n")}
