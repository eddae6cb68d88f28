"""Units of a file that a merge never tears."""

import re
from typing import NamedTuple

from memoryd.domain.markdown.model import BlockKind
from memoryd.values import regex

_TAB = 4  # columns
_BULLET = 2  # columns of `- `
_ODD = b" \t-`~"  # may begin something else than text
_LEAST_MARKS = 3  # of a thematic break
_CODE = 4  # columns that make a line code
_LINE = regex(
    rb"[ \t]*(?:(?P<heading>#{1,6})(?=[ \t]|$)|(?P<fence>`{3,}(?=[^`]*$)|~{3,})"
    rb"|(?P<item>(?:[-*+]|\d{1,9}[.)])(?:[ \t]+|$))"
    rb"|(?P<quote>>)|(?P<row>\|)|(?P<html><(?:!--|(?i:details|pre|script|style)\b)))?"
)
_UNDERLINE = regex(rb" {0,3}(?:=+|-+)[ \t]*$")
_NUMBER = regex(rb"\d{1,9}[.)][ \t]")
_TAG = regex(rb"<(?P<end>/?)(?i:details)\b")


_KINDS = {
    "heading": BlockKind.HEADING,
    "fence": BlockKind.CODE,
    "rule": BlockKind.RULE,
    "item": BlockKind.LIST,
    "quote": BlockKind.QUOTE,
    "row": BlockKind.TABLE,
    "html": BlockKind.HTML,
}


class MergeUnit(NamedTuple):  # created by the ten thousand
    """A heading, a list item without the items in it, or another block.

    Attributes:
        kind: Its kind; an item is a `LIST`.
        text: Its lines, with line ends.
        gap: The blank lines before it.
        level: Of a heading, 1 to 6; else 0.
        indent: Columns before it.
        parent: Number of the item around it, or -1.
        section: Number of the heading above it, or -1.
        identity: The text that two units have in common if they are the same one: without indent and number.
    """

    kind: BlockKind
    text: bytes
    gap: bytes
    level: int
    indent: int
    parent: int
    section: int
    identity: bytes


def split(text: bytes) -> tuple[list[MergeUnit], bytes]:
    r"""Return the units of a text, and the blank lines after the last one; together they are all of it.

    Args:
        text: The body of a file, with line ends `\n`, also at its end.
    """
    units = _Units()
    for line in text.split(b"\n")[:-1]:
        units.add(line)
    return units.finish()


class _Units:
    """Units of a text, read line by line."""

    def __init__(self) -> None:
        self._done: list[MergeUnit] = []
        self._lines: list[bytes] = []  # of the unit that is being read
        self._kind = BlockKind.PARAGRAPH
        self._head = (b"", 0, 0, -1, -1)  # gap, level, indent, parent, section
        self._blank: list[bytes] = []  # lines since then
        self._until: bytes = b""  # the fence that ends the unit being read, or the tag
        self._depth = 0  # of nested tags
        self._inner = 0  # columns that the lines of an open fence have at least
        self._items: list[tuple[int, int]] = []  # open ones: column of the content, number of the unit
        self._headings: list[tuple[int, int]] = []  # above: level, number of the unit

    def finish(self) -> tuple[list[MergeUnit], bytes]:
        """Return the units, and the blank lines after them."""
        if self._lines:
            self._close()
        return self._done, _joined(self._blank)

    def add(self, line: bytes) -> None:
        """Read one line, without its end."""
        if not line.strip():
            self._blank.append(line)
            return
        if line.startswith(b"- ") and line[2:3] not in _ODD and not self._until:
            self._add_item(line)
            return
        found = _LINE.match(line)
        assert found is not None  # noqa: S101  # it matches any line
        column = len(line) - len(line.lstrip(b" \t"))
        if line.find(b"\t", 0, column) >= 0:
            column = len(line[:column].expandtabs(_TAB))
        if self._until and self._goes_on(line, column):
            return
        kind = "rule" if _is_rule(line) else found.lastgroup
        if self._kind is BlockKind.CODE and self._lines and column >= _CODE and not self._items:
            self._append(line)
            return
        if not self._blank and self._lines and self._continues(kind, line, column):
            self._lines.append(line)
            return
        while self._items and (column < self._items[-1][0]) and not self._is_lazy(kind):
            self._items.pop()
        if self._is_inside_item(kind, column):
            self._append(line)
            if kind in {"fence", "html"}:
                self._open(found, line)
            return
        self._begin(kind, found, line, column)

    def _add_item(self, line: bytes) -> None:
        """Read the first line of an item in the form that most have, in a third of the time."""
        if self._lines:
            self._close()
        number = len(self._done)
        self._kind = BlockKind.LIST
        section = self._headings[-1][1] if self._headings else -1
        self._head = (_joined(self._blank) if self._blank else b"", 0, 0, -1, section)
        self._lines, self._blank = [line], []
        self._items = [(_BULLET, number)]

    def _append(self, line: bytes) -> None:
        self._lines += [*self._blank, line]
        self._blank = []

    def _goes_on(self, line: bytes, column: int) -> bool:
        """Add a line to an open fence or tag; return whether it belongs to it."""
        text = line.strip()
        if self._until[:1] in b"`~":
            if column < self._inner:
                self._until = b""
                return False
            self._append(line)
            if text.startswith(self._until) and not text.strip(self._until[:1]):
                self._until = b""
            return True
        self._append(line)
        self._count(line)
        return True

    def _count(self, line: bytes) -> None:
        """Close a tag that ends on a line."""
        if self._until == b"</details":
            self._depth += sum(-1 if tag["end"] else 1 for tag in _TAG.finditer(line))
        elif self._until in line.lower():
            self._depth = 0
        if self._depth <= 0:
            self._until = b""

    def _continues(self, kind: str | None, line: bytes, column: int) -> bool:
        """Return whether a line after another without a blank one goes on with the unit."""
        if kind in {None, "rule"} and self._kind is BlockKind.PARAGRAPH and _UNDERLINE.match(line):
            self._become_heading(1 if b"=" in line else 2)
            return True
        if kind is None:
            return self._kind not in {BlockKind.HEADING, BlockKind.RULE, BlockKind.HTML} and (
                self._kind is not BlockKind.CODE or column >= _CODE
            )
        return {"row": BlockKind.TABLE, "quote": BlockKind.QUOTE}.get(kind) is self._kind

    def _become_heading(self, level: int) -> None:
        """Make the paragraph that is being read a heading, since it is underlined."""
        gap, _, indent, parent, _ = self._head
        self._kind = BlockKind.HEADING
        self._head = (gap, level, indent, parent, self._section(level))
        self._headings.append((level, len(self._done)))

    def _is_lazy(self, kind: str | None) -> bool:
        return kind is None and not self._blank and self._kind is BlockKind.LIST

    def _is_inside_item(self, kind: str | None, column: int) -> bool:
        """Return whether a line is a later part of the item that is being read."""
        if kind == "item" or not self._items or self._kind is not BlockKind.LIST or not self._lines:
            return False
        inner, number = self._items[-1]
        return number == len(self._done) and column >= inner

    def _begin(self, kind: str | None, found: re.Match[bytes], line: bytes, column: int) -> None:
        if self._lines:
            self._close()
        parent = self._items[-1][1] if self._items else -1
        is_code = kind != "item" and parent < 0 and column >= _CODE
        self._kind = BlockKind.CODE if is_code else _KINDS.get(kind or "", BlockKind.PARAGRAPH)
        if self._kind is BlockKind.HEADING and parent >= 0:
            self._kind = BlockKind.PARAGRAPH  # it is in an item, and has no section
        level = len(found["heading"]) if self._kind is BlockKind.HEADING else 0
        self._head = (_joined(self._blank), level, column, parent, self._section(level))
        self._lines, self._blank = [line], []
        if self._kind is BlockKind.HEADING:
            self._headings.append((level, len(self._done)))
        elif self._kind is BlockKind.LIST:
            self._items.append((self._content(found, column), len(self._done)))
            inner = _LINE.match(line, found.end()) if found.end() < len(line) else None
            if inner and inner.lastgroup == "fence":
                self._open(inner, line)
        elif kind in {"fence", "html"} and not is_code:
            self._open(found, line)

    def _content(self, found: re.Match[bytes], column: int) -> int:
        """Return the least column of what belongs to an item."""
        mark = found["item"]
        return column + (len(mark) if len(mark.rstrip()) + _CODE >= len(mark) else len(mark.rstrip()) + 1)

    def _open(self, found: re.Match[bytes], line: bytes) -> None:
        """Begin what ends at a fence or a tag."""
        if fence := found["fence"]:
            self._until, self._inner = fence, self._items[-1][0] if self._items else 0
            return
        tag = found["html"].lower()
        self._until = b"-->" if tag == b"<!--" else b"</" + tag[1:]
        self._depth = 0 if self._until == b"</details" else 1
        self._count(line)

    def _section(self, level: int) -> int:
        """Return the number of the heading above; above a heading itself, that of a higher level."""
        while level and self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        return self._headings[-1][1] if self._headings else -1

    def _close(self) -> None:
        text = _joined(self._lines) if len(self._lines) > 1 else self._lines[0] + b"\n"
        self._done.append(MergeUnit(self._kind, text, *self._head, identity_of(self._kind, text)))
        self._lines, self._until = [], b""


def identity_of(kind: BlockKind, text: bytes) -> bytes:
    """Return the text that two units of a kind have in common if they are the same one."""
    if kind is BlockKind.CODE:
        return text.rstrip()
    text = text.strip()
    return _NUMBER.sub(b". ", text, 1) if kind is BlockKind.LIST and text[:1].isdigit() else text


def _is_rule(line: bytes) -> bool:
    """Return whether a line is a thematic break."""
    marks = line.translate(None, b" \t")
    return len(marks) >= _LEAST_MARKS and marks[:1] in b"-*_" and not marks.strip(marks[:1])


def _joined(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\n" for line in lines)
