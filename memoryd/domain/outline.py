"""The outline of the plainest of texts, which most memory is: read without a parser of Markdown.

What is certain by the beginnings of its lines is a heading (`#`), a list item with what is indented below it,
fenced code, a thematic break after a blank line, or a paragraph. Anything else is left to the parser.
"""

import re
from dataclasses import dataclass

from memoryd.domain.document import BlockKind, Heading, Span
from memoryd.domain.pieces import FENCED, parted

# The first letter of a line that can begin or continue nothing but a paragraph.
_TEXT = (
    rb"(?:[A-Za-z\x80-\xff\"'(`\[!@$%&/.,;?{}\\]"
    rb"|\*\*?(?=[^\s*_-])|\d++(?![.)\d])|#(?=[^\s#])|_(?=[^\s*_-])|~(?=[^~]))"
)
_BELOW = rb"(?:\n(?: *\n)*+ {%d,}\S[^\n]*+)*+"  # what an item holds: lines as far in as its own text
_ITEM = rb"(?=\S)(?!\[[ xX]\] *(?:\n|\Z))[^\n]*+"  # an empty task holds nothing
_BREAK = rb"(?![-*_+:| ]++(?:\n|\Z))"  # a thematic break, a row of a table, nothing at all
# What ends an item or a paragraph: a line of text could continue it, a row of dashes underline it.
_END = rb"(?=\Z|\n(?: *\n|[-*+] |#{1,6} |\x01%b))"
_ANY_END, _NUMBER_END = _END % b"", _END % rb"|\d\d?\. "
_NUMBER = rb"(?:\d\. " + _ITEM + _BELOW % 3 + rb"|\d\d\. " + _ITEM + _BELOW % 4 + rb")"
_UNIT = re.compile(
    rb"(?:(?P<c>\x01++)"
    rb"|(?P<h>#{1,6} [^\n]*+)"
    rb"|(?P<b>" + _BREAK + rb"[-*+] " + _ITEM + _BELOW % 2 + _ANY_END + rb")"
    rb"|(?P<n>" + _NUMBER + _NUMBER_END + rb")"
    rb"|(?P<r>-{3,} *+(?=\n|\Z))"
    rb"|(?P<t>" + _TEXT + rb"[^\n]*+(?:\n" + _TEXT + rb"[^\n]*+)*+" + _ANY_END + rb")"
    rb")(?:\n(?: *\n)*+|\Z)"
)
_BLANK_CODE = b"\x01"
_BLANK = re.compile(rb"(?: *\n)*")
# What means nothing but itself, and code, in which everything does.
_PLAIN = (
    rb"[A-Za-z0-9\x80-\xff ,.;:?'\"()/+%=$@{}|^-]++"
    rb"|&(?= )|!(?!\[)|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])|#(?=[A-Za-z0-9])"
)
_CODE = re.compile(rb"(?<!`)`([^`\s](?:[^`]*[^`\s])?)`(?!`)")
_TITLE = re.compile(rb"(#{1,6}) +((?:" + _PLAIN + rb"|" + _CODE.pattern.replace(b"([", b"(?:[", 1) + rb")*)")
_KINDS = {
    "b": BlockKind.LIST, "c": BlockKind.CODE, "h": BlockKind.HEADING, "n": BlockKind.LIST,
    "r": BlockKind.RULE, "t": BlockKind.PARAGRAPH,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outline:
    """Where headings and entries stand in a file.

    Attributes:
        headings: In order.
        marks: Of headings, entries and thematic breaks, in order: kind, start, end with blank lines.
    """

    headings: tuple[Heading, ...]
    marks: list[tuple[BlockKind, int, int]]


def plain_outline(source: bytes, body: int) -> Outline | None:
    """The outline of a file whose body starts at an offset; None where a parser has to tell."""
    text = source[body:].rstrip()
    if parted(text) is None or b"\n\t" in text or _BLANK_CODE in text or text.startswith(b"\t"):
        return None
    plain = FENCED.sub(_blanked, text) if b"`" in text else text
    first = _BLANK.match(plain)
    at = first.end() if first else 0
    units = [(unit.lastgroup or "", *unit.span()) for unit in _UNIT.finditer(plain, at)]
    if sum([end - start for _, start, end in units]) != len(plain) - at:
        return None  # something between them is none of these
    headings = []
    for kind, start, end in units:
        if kind == "h":
            heading = _heading(source, start + body, end + body)
            if heading is None:
                return None
            headings.append(heading)
    return Outline(tuple(headings), [(_KINDS[kind], start + body, end + body) for kind, start, end in units])


def _blanked(fenced: re.Match[bytes]) -> bytes:
    return b"\n" + _BLANK_CODE * (len(fenced[0]) - 1)


def _lines(source: bytes, start: int, end: int) -> Span:
    """From the first line's start to the end of the last one that is not blank."""
    line_end = source.find(b"\n", start + len(source[start:end].rstrip()))
    return Span(start, len(source) if line_end < 0 else line_end + 1)


def _heading(source: bytes, start: int, end: int) -> Heading | None:
    """A heading, None where its text is not plain."""
    title = _TITLE.match(source, start)
    span = _lines(source, start, end)
    if title is None or title.end() < start + len(source[start:end].rstrip()):
        return None
    plain = _CODE.sub(rb"\1", title[2]) if b"`" in title[2] else title[2]
    return Heading(len(title[1]), plain.decode().strip(), span)
