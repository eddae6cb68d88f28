"""Text short cuts that spare the parser, equal to it by test.

A blank line before a line that is not indented ends every block of Markdown except fenced code and some
kinds of HTML, so a text can be read in pieces. Where anything else could reach across, it is one piece.
"""

import re
from collections.abc import Iterator

from memoryd.domain.markdown.model import Link, Span

# Other line ends; definitions, of links and of footnotes; fences that may lie in a list, or not. Before each
# its rarest byte: to look for one byte takes a tenth of the time.
_REACHING = ((b"\r", b""), (b"\v", b""), (b"\f", b""), (b"]", b"]:"), (b"`", b" ```"), (b"~", b"~~~"))
_HTML_BLOCK = re.compile(rb"(?:\A|\n) {0,3}<|<[!?]")  # in a line, an open comment is looked for only once
FENCED = re.compile(rb"\n(`{3,}+)[^`\n]*+(?:\n.*?)??(?:\n\1`*[ \t]*(?=\n|\Z)|\Z)", re.DOTALL)
_BORDER = re.compile(rb"\n\n(?=\S)")

# At the start of a heading's line, or in the line below it; what follows finds the same faster.
TITLED = re.compile(rb"#(?:[#\s]|\Z)|[=-][ \t]*+(?!\S)")
_PLAIN = rb"[A-Za-z0-9,.;:?'\"()/+%=-]+"  # means nothing but itself
_PLAIN_TITLE = rb"#{1,6} (" + _PLAIN + rb"(?: " + _PLAIN + rb")*)"
_HEADING_LINE = re.compile(rb"\n(?:" + _PLAIN_TITLE + rb"|[ \t>]*(?:=+|-+)[ \t]*)(?=\n)")
_HASHES = re.compile(rb"#[#\s]")

# Links in the plainest of texts, which most lines with links are.
_NAME = rb"[A-Za-z0-9](?>(?:[A-Za-z0-9\x80-\xff,.;:?'\"()/+%=-]| (?! ))*)"  # means nothing but itself
_LINK = rb"\[(?P<text>" + _NAME + rb")\]\((?P<destination>[A-Za-z0-9./#:-][A-Za-z0-9./#:%?=+_-]*+)\)"
_WIKI = rb"\[\[" + _NAME + rb"\]\](?![(\[:])"
_LINK_CODE = rb"(?<!`)`[^`\[\]\n|]++`(?!`)"
# No escape, HTML, table, line break in what counts, nor any white space that could make code of a line.
_LINK_OTHER = rb"[^\[\]\\`<|!\s]++|!(?!\[)| (?! )|\n(?!\s)"
_LINK_UNIT = re.compile(
    rb"(?>(?:" + _LINK_OTHER + rb"|" + _LINK_CODE + rb")*)(?:" + _LINK + rb"|(?P<wiki>" + _WIKI + rb")|\Z)"
)

BLANK_CODE = b"\x01"
"""What fenced code is blanked out with, but for its first line end."""


def parted(text: bytes) -> bytes | None:
    """A body with its fenced code blanked out; None where something could reach across its pieces."""
    for byte, mark in _REACHING:
        if byte in text and mark in text:
            return None
    if text.startswith(b"```") or (b"<" in text and _HTML_BLOCK.search(text)):
        return None
    return FENCED.sub(_blanked, text) if b"`" in text else text


def _blanked(fenced: re.Match[bytes]) -> bytes:
    return b"\n" + BLANK_CODE * (len(fenced[0]) - 1)


def pieces(text: bytes, holding: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Where the pieces of a parted text stand, in order, in which a pattern is found."""
    found = holding.search(text)
    while found:
        start, end = _border_before(text, found.start()), _BORDER.search(text, found.end())
        yield start, end.end() if end else len(text)
        found = holding.search(text, end.end()) if end else None


def _border_before(text: bytes, at: int) -> int:
    """Where the piece around an offset starts."""
    border = text.rfind(b"\n\n", 0, at) + 2
    while border > 1 and text[border : border + 1].isspace():
        border = text.rfind(b"\n\n", 0, border - 1) + 2
    return border if border > 1 else 0


def plain_titles(text: bytes) -> tuple[str, ...] | None:
    """The headings of a parted text that has only plain ones at the start of their lines; else None."""
    lines = _HEADING_LINE.split(
        b"\n" + text + b"\n"
    )  # every second part is a title, or None for an underline
    others, found = b"".join(lines[::2]), lines[1::2]
    if None in found or _HASHES.search(others):
        return None
    return tuple([title.decode() for title in found])


def plain_links(text: bytes, piece: Span, body: int) -> tuple[list[Link], list[tuple[int, int]]] | None:
    """The links of a piece, and where wiki links stand in it; None where more than that could be in it.

    Args:
        text: A parted text.
        piece: Where in its file the piece stands.
        body: Where in its file the text starts.
    """
    links: list[Link] = []
    wikis: list[tuple[int, int]] = []
    at = piece.start - body
    last = at + len(text[at : piece.end - body].rstrip(b"\n"))
    while at < last:
        unit = _LINK_UNIT.match(text, at, last)
        if unit is None:
            return None
        at = unit.end()
        name, destination, wiki = unit.groups()
        if name is not None:
            span = Span(unit.start(1) - 1 + body, at + body)
            links.append(Link(destination.decode(), name.decode(), span))
        elif wiki is not None:
            wikis.append((unit.start("wiki") + body, at + body))
    return links, wikis
