"""Outline of simple texts, without the parser.

Most memory is simple: the first characters of a line tell a heading (`#`), a list item with its indented
content, fenced code, a thematic break after a blank line, or a paragraph. The parser reads everything else,
up to the next blank line before a line that is not indented.
"""

from collections.abc import Sequence
from itertools import accumulate
from operator import itemgetter
from typing import NamedTuple

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.fast import BLANK_CODE
from memoryd.domain.markdown.layout import Layout
from memoryd.domain.markdown.model import BlockKind
from memoryd.domain.markdown.parts import events
from memoryd.values import regex

KINDS = (
    *(BlockKind.HEADING, BlockKind.LIST, BlockKind.PARAGRAPH, BlockKind.TABLE, BlockKind.CODE),
    *(BlockKind.QUOTE, BlockKind.HTML, BlockKind.FOOTNOTE),
)
"""Kinds of parts of a document. A part stores its index here, since a number is cheapest."""
HEADING, LIST, PARAGRAPH, TABLE, CODE, QUOTE = range(6)
NOTHING = 15
"""The number of a thematic break, and of text between parts."""

# First characters of a line that can only begin or continue a paragraph.
_TEXT = (
    rb"(?:[A-Za-z\x80-\xff\"'(`\[!@$%&/.,;?{}\\]"
    rb"|\*\*?(?=[^\s*_-])|\d++(?![.)\d])|#(?=[^\s#])|_(?=[^\s*_-])|~(?=[^~]))"
)
_BELOW = rb"(?>(?:\n(?>(?: *\n)*) {%d,}\S[^\n]*+)*)"  # an item: lines indented like its text
_ITEM = rb"(?=\S)(?!\[[ xX]\] *(?:\n|\Z))[^\n]*+"  # not an empty task
_BREAK = rb"(?![-*_+:|\t ]++(?:\n|\Z))"  # not a thematic break, table row or empty item
# The end of an item or paragraph: a line of text could continue it, a row of dashes underline it.
_END = rb"(?=\Z|\n(?: *\n|[-*+] |#{1,6} |\x01%b))"
_ANY_END, _NUMBER_END = _END % b"", _END % rb"|\d\d?\. "
_NUMBER = rb"(?:\d\. " + _ITEM + _BELOW % 3 + rb"|\d\d\. " + _ITEM + _BELOW % 4 + rb")"
_KNOWN = (
    rb"(?:(?:\x01++)"
    rb"|(?:#{1,6} [^\n]*+)"
    rb"|(?:" + _BREAK + rb"[-*+] " + _ITEM + _BELOW % 2 + _ANY_END + rb")"
    rb"|(?:" + _NUMBER + _NUMBER_END + rb")"
    rb"|(?:-{3,} *+(?=\n|\Z))"
    rb"|(?:" + _TEXT + rb"[^\n]*+(?>(?:\n" + _TEXT + rb"[^\n]*+)*)" + _ANY_END + rb")"
    rb")(?:\n(?>(?: *\n)*)|\Z)"
)
_UNIT = regex(rb"(" + _KNOWN + rb")|((?s:.+?)(?:\n\n(?=\S)|\Z))")  # or what the parser reads
_BLANK = regex(rb"(?: *\n)*")
_QUOTED = regex(rb">[^\n]*+(?>(?:\n>[^\n]*+)*)\s*")
_ROWS = regex(rb"(\|[^\n`\\]*\|)\n(\|(?: *:?-+:? *\|)+)(?>(?:\n\|[^\n]*+)*)\s*")
# Text without syntax, and code, in which nothing is syntax.
_PLAIN = (
    rb"[A-Za-z0-9\x80-\xff ,.;:?'\"()/+%=$@{}|^-]++"
    rb"|&(?= )|!(?!\[)|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])|#(?=[A-Za-z0-9])"
)
_CODE = regex(rb"(?<!`)`([^`\s](?:[^`]*[^`\s])?)`(?!`)")
_TITLE = regex(rb"#{1,6} +((?:" + _PLAIN + rb"|" + _CODE.pattern.replace(b"([", b"(?:[", 1) + rb")*)")
_PLAIN_TITLES = regex(rb"(?>(?:#{1,6} [A-Za-z0-9\x80-\xff ,.;:?'\"()/+%=$@{}|^-]*+(?:\n|\Z))*)")
_UNSURE = -2  # an item or a paragraph that begins with a number
_OTHER = -1  # what the parser reads
_BY_START = {
    **dict.fromkeys((b"# ", b"##"), HEADING),
    **dict.fromkeys((b"- ", b"* ", b"+ ", *(b"%d." % digit for digit in range(10))), LIST),
    **{b"%02d" % number: _UNSURE for number in range(100)},
    BLANK_CODE * 2: CODE,
    b"--": NOTHING,
}
_NUMBERS = {kind: number for number, kind in enumerate(KINDS)}


class Outline(NamedTuple):  # one per indexed file
    """The parts of a body; together they are the whole body except white space at its end.

    Attributes:
        parts: The parts in order, each with the blank lines after it.
        kinds: The index in `KINDS` of each part, or `NOTHING`.
        headings: Plain text of each heading, and its start in the file.
    """

    parts: list[bytes]
    kinds: list[int]
    headings: list[tuple[str, int]]


def outline_of(document: Document) -> Outline:
    """Return the outline of a document, with the parser where necessary."""
    return pieced_outline(document) or _parsed_outline(document.source, document.body, len(document.source))


def pieced_outline(document: Document) -> Outline | None:
    """Return the outline of a document, read piece by piece; None if a construct could span its pieces."""
    source, body = document.source, document.body
    unfenced = document.parts.unfenced
    if unfenced is None or source.find(BLANK_CODE, body) >= 0:
        return None
    plain = unfenced.rstrip()
    if plain.startswith(b"\t") or b"\n\t" in plain:
        return None
    first = _BLANK.match(plain)
    at = first.end() if first else 0
    parts, kinds = _units(plain, at)
    starts = list(accumulate(map(len, parts), initial=at + body))
    heads = []
    for index, kind in enumerate(kinds):
        if kind == HEADING:
            heads.append(index)
        elif kind == CODE:
            parts[index] = source[starts[index] : starts[index + 1]]
        elif kind == _UNSURE:
            kinds[index] = LIST if parts[index][2:3] == b"." else PARAGRAPH
    titles = _titles([parts[index].rstrip() for index in heads])
    headings = []
    for title, index in zip(titles, heads, strict=True):
        if title is None:
            kinds[index] = _OTHER
        else:
            headings.append((title, starts[index]))
    told = Outline([plain[:at], *parts], [NOTHING, *kinds], headings)
    return _with_parsed(told, source, [at + body, *starts]) if _OTHER in kinds else told


def _units(plain: bytes, at: int) -> tuple[list[bytes], list[int]]:
    """Return the parts of a body from an offset on, and their kinds.

    A part for the parser begins after a blank line, too: a line above it may be the head of a table.
    """
    units: list[tuple[bytes, bytes]] = _UNIT.findall(plain, at)
    parts = [known for known, _ in units]
    if all(parts):
        return parts, [_BY_START.get(part[:2], PARAGRAPH) for part in parts]
    parts = []
    kinds: list[int] = []
    first = 0  # of the parts since a blank line
    for known, other in units:
        if known:
            parts.append(known)
            kinds.append(_BY_START.get(known[:2], PARAGRAPH))
        else:
            parts[first:] = [b"".join([*parts[first:], other])]
            kinds[first:] = [_OTHER]
        if other or known.endswith(b"\n\n"):
            first = len(parts)
    return parts, kinds


def _titles(lines: list[bytes]) -> Sequence[str | None]:
    """Return the texts of headings; None for one that is not plain."""
    if _PLAIN_TITLES.fullmatch(b"\n".join(lines)):
        return [line.lstrip(b"#").decode().strip() for line in lines]
    found = [_TITLE.fullmatch(line) for line in lines]
    return [_CODE.sub(rb"\1", title[1]).decode().strip() if title else None for title in found]


def _with_parsed(told: Outline, source: bytes, starts: Sequence[int]) -> Outline:
    """Return an outline with its unknown parts replaced by what the parser says of each.

    Args:
        told: The outline.
        source: The bytes of the file.
        starts: Where each part starts in the file, and where the last one ends.
    """
    parts: list[bytes] = []
    kinds: list[int] = []
    headings = list(told.headings)
    at = 0
    for index in [index for index, kind in enumerate(told.kinds) if kind == _OTHER]:
        start, end = starts[index : index + 2]
        parsed = _single(source[start:end]) or _parsed_outline(source, start, end)
        parts += told.parts[at:index] + parsed.parts
        kinds += told.kinds[at:index] + parsed.kinds
        headings += parsed.headings
        at = index + 1
    return Outline(parts + told.parts[at:], kinds + told.kinds[at:], sorted(headings, key=itemgetter(1)))


def _single(part: bytes) -> Outline | None:
    """Return the outline of a part that is one plain quote or table between blank lines; else None."""
    if _QUOTED.fullmatch(part):
        return Outline([part], [QUOTE], [])
    rows = _ROWS.fullmatch(part)
    if rows and rows[1].count(b"|") == rows[2].count(b"|"):
        return Outline([part], [TABLE], [])
    return None


def _parsed_outline(source: bytes, at: int, end: int) -> Outline:
    """Return what the parser says of the bytes `at` up to `end` of a file."""
    layout = Layout(source)
    layout.read(events(source, at, end))
    marks = [(*entry.span, _NUMBERS[entry.kind]) for entry in layout.entries]
    marks += [(*heading.span, HEADING) for heading in layout.headings]
    parts, kinds = [], []
    for start, stop, kind in sorted(marks):
        parts += [source[at:start], source[start:stop]]
        kinds += [NOTHING, kind]
        at = stop
    parts.append(source[at:end])
    kinds.append(NOTHING)
    return Outline(parts, kinds, [(heading.text, heading.span.start) for heading in layout.headings])
