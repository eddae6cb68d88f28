"""Outline of simple texts, without the parser.

Most memory is simple: the first characters of a line tell a heading (`#`), a list item with its indented
content, fenced code, a thematic break after a blank line, or a paragraph. The parser reads everything else.
"""

from itertools import accumulate
from typing import NamedTuple

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.fast import BLANK_CODE
from memoryd.domain.markdown.model import BlockKind
from memoryd.values import regex

KINDS = (
    *(BlockKind.HEADING, BlockKind.LIST, BlockKind.PARAGRAPH, BlockKind.TABLE, BlockKind.CODE),
    *(BlockKind.QUOTE, BlockKind.HTML, BlockKind.FOOTNOTE),
)
"""Kinds of parts of a document. A part stores its index here, since a number is cheapest."""
HEADING, LIST, PARAGRAPH, CODE = map(
    KINDS.index, (BlockKind.HEADING, BlockKind.LIST, BlockKind.PARAGRAPH, BlockKind.CODE)
)
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
_UNIT = regex(_KNOWN + rb"|(?s:.+)")  # the rest, where no part is known: to search on could take long
_KNOWN_UNIT = regex(_KNOWN)
_BLANK = regex(rb"(?: *\n)*")
# Text without syntax, and code, in which nothing is syntax.
_PLAIN = (
    rb"[A-Za-z0-9\x80-\xff ,.;:?'\"()/+%=$@{}|^-]++"
    rb"|&(?= )|!(?!\[)|(?<=[A-Za-z0-9])_(?=[A-Za-z0-9])|#(?=[A-Za-z0-9])"
)
_CODE = regex(rb"(?<!`)`([^`\s](?:[^`]*[^`\s])?)`(?!`)")
_TITLE = regex(rb"#{1,6} +((?:" + _PLAIN + rb"|" + _CODE.pattern.replace(b"([", b"(?:[", 1) + rb")*)")
_PLAIN_TITLES = regex(rb"(?>(?:#{1,6} [A-Za-z0-9\x80-\xff ,.;:?'\"()/+%=$@{}|^-]*+(?:\n|\Z))*)")
_UNSURE = -2  # an item or a paragraph that begins with a number
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
    """Return the outline of a document, with the parser if necessary."""
    return plain_outline(document) or _parsed_outline(document)


def plain_outline(document: Document) -> Outline | None:
    """Return the outline of a document; None if it needs the parser."""
    source, body = document.source, document.body
    unfenced = document.parts.unfenced
    if unfenced is None or source.find(BLANK_CODE, body) >= 0:
        return None
    plain = unfenced.rstrip()
    first = _BLANK.match(plain)
    at = first.end() if first else 0
    parts: list[bytes] = _UNIT.findall(plain, at)
    starts = list(accumulate(map(len, parts), initial=at + body))
    is_known = not parts or _KNOWN_UNIT.match(parts[-1])
    if not is_known or plain.startswith(b"\t") or b"\n\t" in plain:
        return None  # there is other syntax in between
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
    """Return the texts of headings; None if one is not plain."""
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
