"""The outline of the plainest of texts, which most memory is: read without a parser of Markdown.

What is certain by the beginnings of its lines is a heading (`#`), a list item with what is indented below it,
fenced code, a thematic break after a blank line, or a paragraph. Anything else is left to the parser.
"""

import re
from itertools import accumulate
from typing import NamedTuple

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.fast import BLANK_CODE
from memoryd.domain.markdown.model import BlockKind

KINDS = (
    *(BlockKind.HEADING, BlockKind.LIST, BlockKind.PARAGRAPH, BlockKind.TABLE, BlockKind.CODE),
    *(BlockKind.QUOTE, BlockKind.HTML, BlockKind.FOOTNOTE),
)
"""Kinds of what stands in a document. By their places here they are counted: a number costs least."""
HEADING, LIST, PARAGRAPH, CODE = map(
    KINDS.index, (BlockKind.HEADING, BlockKind.LIST, BlockKind.PARAGRAPH, BlockKind.CODE)
)
NOTHING = 15
"""The number of a thematic break, and of what lies between all these."""

# The first letter of a line that can begin or continue nothing but a paragraph.
_TEXT = (
    rb"(?:[A-Za-z\x80-\xff\"'(`\[!@$%&/.,;?{}\\]"
    rb"|\*\*?(?=[^\s*_-])|\d++(?![.)\d])|#(?=[^\s#])|_(?=[^\s*_-])|~(?=[^~]))"
)
_BELOW = rb"(?>(?:\n(?>(?: *\n)*) {%d,}\S[^\n]*+)*)"  # what an item holds: lines as far in as its own text
_ITEM = rb"(?=\S)(?!\[[ xX]\] *(?:\n|\Z))[^\n]*+"  # an empty task holds nothing
_BREAK = rb"(?![-*_+:|\t ]++(?:\n|\Z))"  # a thematic break, a row of a table, nothing at all
# What ends an item or a paragraph: a line of text could continue it, a row of dashes underline it.
_END = rb"(?=\Z|\n(?: *\n|[-*+] |#{1,6} |\x01%b))"
_ANY_END, _NUMBER_END = _END % b"", _END % rb"|\d\d?\. "
_NUMBER = rb"(?:\d\. " + _ITEM + _BELOW % 3 + rb"|\d\d\. " + _ITEM + _BELOW % 4 + rb")"
_UNIT = re.compile(
    rb"(?:(?:\x01++)"
    rb"|(?:#{1,6} [^\n]*+)"
    rb"|(?:" + _BREAK + rb"[-*+] " + _ITEM + _BELOW % 2 + _ANY_END + rb")"
    rb"|(?:" + _NUMBER + _NUMBER_END + rb")"
    rb"|(?:-{3,} *+(?=\n|\Z))"
    rb"|(?:" + _TEXT + rb"[^\n]*+(?>(?:\n" + _TEXT + rb"[^\n]*+)*)" + _ANY_END + rb")"
    rb")(?:\n(?>(?: *\n)*)|\Z)"
)
_BLANK = re.compile(rb"(?: *\n)*")
# What means nothing but itself, and code, in which everything does.
_PLAIN = (
    rb"[A-Za-z0-9\x80-\xff ,.;:?'\"()/+%=$@{}|^-]++"
    rb"|&(?= )|!(?!\[)|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])|#(?=[A-Za-z0-9])"
)
_CODE = re.compile(rb"(?<!`)`([^`\s](?:[^`]*[^`\s])?)`(?!`)")
_TITLE = re.compile(rb"#{1,6} +((?:" + _PLAIN + rb"|" + _CODE.pattern.replace(b"([", b"(?:[", 1) + rb")*)")
_PLAIN_TITLES = re.compile(rb"(?>(?:#{1,6} [A-Za-z0-9\x80-\xff ,.;:?'\"()/+%=$@{}|^-]*+(?:\n|\Z))*)")
_UNSURE = -2  # an item or a paragraph that begins with a number
_BY_START = {
    **dict.fromkeys((b"# ", b"##"), HEADING),
    **dict.fromkeys((b"- ", b"* ", b"+ ", *(b"%d." % digit for digit in range(10))), LIST),
    **{b"%02d" % number: _UNSURE for number in range(100)},
    BLANK_CODE * 2: CODE,
    b"--": NOTHING,
}
_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


class Outline(NamedTuple):  # made for each file that is indexed
    """The parts of a body, which together are all of it but for white space at its end.

    Attributes:
        parts: In order, each with the blank lines below it.
        kinds: For each its place in `KINDS`, or `NOTHING`.
        headings: Of each heading its plain text and where it starts in the file.
    """

    parts: list[bytes]
    kinds: list[int]
    headings: list[tuple[str, int]]


def outline_of(document: Document) -> Outline:
    """The outline of a document, by a parser where it takes one."""
    return plain_outline(document) or _parsed_outline(document)


def plain_outline(document: Document) -> Outline | None:
    """The outline of a document; None where a parser has to tell."""
    source, body = document.source, document.body
    unfenced = document.parts.unfenced
    if unfenced is None or source.find(BLANK_CODE, body) >= 0:
        return None
    plain = unfenced.rstrip()
    first = _BLANK.match(plain)
    at = first.end() if first else 0
    parts: list[bytes] = _UNIT.findall(plain, at)
    starts = list(accumulate(map(len, parts), initial=at + body))
    if starts[-1] != len(plain) + body or plain.startswith(b"\t") or b"\n\t" in plain:
        return None  # something between them is none of these
    kinds = [_BY_START.get(part[:2], PARAGRAPH) for part in parts]
    if _UNSURE in kinds:
        kinds = [
            (LIST if part[2:3] == b"." else PARAGRAPH) if kind == _UNSURE else kind
            for kind, part in zip(kinds, parts, strict=True)
        ]
    heads = []
    for index, kind in enumerate(kinds):
        if kind == HEADING:
            heads.append(index)
        elif kind == CODE:
            parts[index] = source[starts[index] : starts[index + 1]]
    titles = _titles([parts[index].rstrip() for index in heads])
    if titles is None:
        return None
    headings = [(title, starts[index]) for title, index in zip(titles, heads, strict=True)]
    return Outline([plain[:at], *parts], [NOTHING, *kinds], headings)


def _titles(lines: list[bytes]) -> list[str] | None:
    """The texts of headings, None where one is not plain."""
    if _PLAIN_TITLES.fullmatch(b"\n".join(lines)):
        return [line.lstrip(b"#").decode().strip() for line in lines]
    found = [_TITLE.fullmatch(line) for line in lines]
    return [_CODE.sub(rb"\1", title[1]).decode().strip() for title in found if title] if all(found) else None


def _parsed_outline(document: Document) -> Outline:
    source = document.source
    marks = [(*entry.span, _NUMBERS[entry.kind]) for entry in document.entries]
    marks += [(*heading.span, HEADING) for heading in document.headings]
    parts, kinds, at = [], [], document.body
    for start, end, kind in sorted(marks):
        parts += [source[at:start], source[start:end]]
        kinds += [NOTHING, kind]
        at = end
    parts.append(source[at:])
    kinds.append(NOTHING)
    return Outline(parts, kinds, [(heading.text, heading.span.start) for heading in document.headings])
