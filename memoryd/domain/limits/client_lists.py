"""Ends of lists by the client's Markdown library."""

import re
from functools import lru_cache
from typing import NamedTuple

from memoryd.domain.text.utf16 import JS_SPACE, js_trim
from memoryd.values import regex

_THEMATIC_BREAK = r"(?:(?:-[\t ]*){3,}|(?:_[\t ]*){3,}|(?:\*[\t ]*){3,})(?:\n+|\Z)"
_BREAK = regex(" {0,3}" + _THEMATIC_BREAK)
_BULLET = regex(r" {0,3}([*+-]|\d{1,9}[.)])", re.ASCII)
_BLANK_LINE = regex(r"[ \t]*\Z")
_TABS = regex("\t+")
_CODE_INDENT = 4


class _Limits(NamedTuple):
    """Patterns of the lines that end an item, by the column of its text."""

    ends_item: re.Pattern[str]
    is_fence: re.Pattern[str]
    is_heading: re.Pattern[str]
    is_break: re.Pattern[str]


@lru_cache(maxsize=8)
def _limits(indent: int) -> _Limits:
    spaces = f" {{0,{min(3, indent - 1)}}}"
    fence, heading = f"{spaces}(?:```|~~~)", f"{spaces}#"
    html = f"{spaces}<(?:[a-z][^\n\u2028\u2029]*>|!--)"
    bullet = rf"{spaces}(?:[*+-]|\d{{1,9}}[.)])(?:[ \t][^\n]*)?(?:\n|\Z)"
    thematic = rf"{spaces}(?:(?:- *){{3,}}|(?:_ *){{3,}}|(?:\* *){{3,}})(?:\n+|\Z)"
    ends = regex(f"{fence}|{heading}|{html}|{bullet}|{thematic}", re.ASCII | re.IGNORECASE)
    return _Limits(ends, regex(fence), regex(heading), regex(thematic))


@lru_cache(maxsize=8)
def _item_pattern(bullet: str) -> re.Pattern[str]:
    kind = rf"\d{{1,9}}{re.escape(bullet[-1])}" if len(bullet) > 1 else re.escape(bullet)
    return regex(rf"( {{0,3}}{kind})((?:[\t ][^\n]*)?(?:\n|\Z))", re.ASCII)


def thematic_break(text: str, at: int) -> re.Match[str] | None:
    """Return the thematic break that begins at a position."""
    return _BREAK.match(text, at)


def end_of_list(text: str, at: int) -> int:
    r"""Return the end of the list that begins at a position, trailing white space left out.

    Args:
        text: Text with `\n` as its only line end.
        at: Position in code points from 0.

    Returns:
        The end in code points, 0 where no list begins.
    """
    bullet = _BULLET.match(text, at)
    position = at
    item = _item_pattern(bullet[1]) if bullet else None
    while item and position < len(text) and (found := item.match(text, position)):
        if _BREAK.match(text, position):
            break
        position = _end_of_item(text, found)
    while position > at and text[position - 1] in JS_SPACE:
        position -= 1
    return position if position > at else 0


def _line(text: str, at: int) -> str:
    end = text.find("\n", at)
    return text[at : end if end >= 0 else len(text)]


def _indentation(line: str) -> int:
    """Return the column of the first non-space character, or -1."""
    own = len(line) - len(line.lstrip(" "))
    return own if own < len(line) else -1


def _end_of_item(text: str, found: re.Match[str]) -> int:
    """Return the end of the item with this first line, blank lines after it included."""
    position = found.end()
    line = found[2].partition("\n")[0]
    if tabs := _TABS.match(line):
        line = " " * (3 * tabs.end()) + line[tabs.end() :]
    blank = not js_trim(line)
    if blank:
        following = _line(text, position)
        if _BLANK_LINE.match(following):
            return min(position + len(following) + 1, len(text))
        indent = len(found[1]) + 1
    else:
        own = _indentation(found[2])
        indent = (1 if own > _CODE_INDENT else own) + len(found[1])
    limits = _limits(indent)
    while position < len(text):
        following = _line(text, position)
        if limits.ends_item.match(following):
            break
        flat = following.replace("\t", "    ")
        is_blank = not js_trim(following)
        if _indentation(flat) < indent and not is_blank and (blank or _takes_no_more(line, limits)):
            break
        blank = blank or is_blank
        position = min(position + len(following) + 1, len(text))
        line = _without_units(flat, indent)
    return position


def _without_units(line: str, units: int) -> str:
    """Return a line without its first UTF-16 units, as JavaScript slices; a character may be split."""
    if line[:units].isascii():
        return line[units:]
    return line.encode("utf-16-le", "surrogatepass")[2 * units :].decode("utf-16-le", "surrogatepass")


def _takes_no_more(line: str, limits: _Limits) -> bool:
    """Return whether a line of an item cannot be continued by a line that is indented less."""
    return (
        _indentation(line.replace("\t", "    ")) >= _CODE_INDENT
        or limits.is_fence.match(line) is not None
        or limits.is_heading.match(line) is not None
        or limits.is_break.match(line) is not None
    )
