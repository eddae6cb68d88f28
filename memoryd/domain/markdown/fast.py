"""Text short cuts that spare the parser, with equal results.

A blank line before a line that is not indented ends every block of Markdown except fenced code and some
kinds of HTML, so a text can be read in pieces. Where anything else could reach across, it is one piece.
"""

import re
from collections.abc import Iterator

from memoryd.domain.markdown.model import Link, Span
from memoryd.values import regex

# Other line ends; definitions of links and footnotes; fences that may be in a list. Each is preceded by
# its rarest byte, since a search for one byte takes a tenth of the time.
_REACHING = ((b"\r", b""), (b"\v", b""), (b"\f", b""), (b"]", b"]:"), (b"`", b" ```"), (b"~", b"~~~"))
# Scripts, comments and the like end at a mark of their own; other HTML at a blank line, and a fence that it
# reaches is none.
_HTML_REACHING = regex(rb"<(?:[!?]|script|pre|style|textarea)", re.IGNORECASE)
_HTML_START = rb"\n {0,3}<"
_HTML_BLOCK = regex(_HTML_START)
_HTML_TO_FENCE = regex(_HTML_START + rb"[^\n]*+(?>(?:\n(?!```)[^\n]++)*)(\n```)?")
FENCED = regex(rb"\n(`{3,}+)[^`\n]*+(?:\n.*?)??(?:\n\1`*[ \t]*(?=\n|\Z)|\Z)", re.DOTALL)
_BORDER = regex(rb"\n\n(?=\S)")

# At the start of a heading's line, or in the line below it; the patterns that follow find the same faster.
TITLED = regex(rb"#(?:[#\s]|\Z)|[=-][ \t]*+(?!\S)")
_PLAIN = rb"[A-Za-z0-9,.;:?'\"()/+%=-]+"  # no Markdown syntax
_PLAIN_TITLE = rb"#{1,6} (" + _PLAIN + rb"(?: " + _PLAIN + rb")*)"
_HEADING_LINE = regex(rb"\n(?:" + _PLAIN_TITLE + rb"|[ \t>]*(?:=+|-+)[ \t]*)(?=\n)")
_HASHES = regex(rb"#[#\s]")

# Links in lines without other markup, as most lines with links are.
_NAME = rb"[A-Za-z0-9](?>(?:[A-Za-z0-9\x80-\xff,.;:?'\"()/+%=-]| (?! ))*)"  # no Markdown syntax
_LINK = rb"\[(?P<text>" + _NAME + rb")\]\((?P<destination>[A-Za-z0-9./#:-][A-Za-z0-9./#:%?=+_-]*+)\)"
_WIKI = rb"\[\[" + _NAME + rb"\]\](?![(\[:])"
_LINK_CODE = rb"(?<!`)`[^`\[\]\n|]++`(?!`)"
# No escape, HTML, table or line break within a link, and no white space that could start a code block.
_LINK_OTHER = rb"[^\[\]\\`<|!\s]++|!(?!\[)| (?! )|\n(?!\s)"
_LINK_UNIT = regex(
    rb"(?>(?:" + _LINK_OTHER + rb"|" + _LINK_CODE + rb")*)(?:" + _LINK + rb"|(?P<wiki>" + _WIKI + rb")|\Z)"
)

BLANK_CODE = b"\x01"
"""Fills fenced code that is blanked out, except its first line end."""


def without_fenced_code(text: bytes) -> bytes | None:
    """Return a body with its fenced code blanked out; None if a construct could span its pieces."""
    for byte, mark in _REACHING:
        if byte in text and mark in text:
            return None
    if text.startswith(b"```"):
        return None
    if b"<" in text and (_HTML_REACHING.search(text) or any(_HTML_TO_FENCE.findall(b"\n" + text))):
        return None
    return FENCED.sub(_blanked, text) if b"`" in text else text


def _blanked(fenced: re.Match[bytes]) -> bytes:
    return b"\n" + BLANK_CODE * (len(fenced[0]) - 1)


def pieces(text: bytes, holding: re.Pattern[bytes]) -> Iterator[tuple[int, int]]:
    """Yield start and end of the pieces of a body in which a pattern matches, in order."""
    found = holding.search(text)
    while found:
        start, end = _border_before(text, found.start()), _BORDER.search(text, found.end())
        yield start, end.end() if end else len(text)
        found = holding.search(text, end.end()) if end else None


def _border_before(text: bytes, at: int) -> int:
    """Return the start of the piece around an offset."""
    border = text.rfind(b"\n\n", 0, at) + 2
    while border > 1 and text[border : border + 1].isspace():
        border = text.rfind(b"\n\n", 0, border - 1) + 2
    return border if border > 1 else 0


def plain_titles(text: bytes) -> tuple[str, ...] | None:
    """Return the headings if all of them are plain and start a line; else None."""
    if b"<" in text and _HTML_BLOCK.search(b"\n" + text):  # nothing in it is a heading
        return None
    lines = _HEADING_LINE.split(
        b"\n" + text + b"\n"
    )  # every second part is a title, or None for an underline
    others, found = b"".join(lines[::2]), lines[1::2]
    if None in found or _HASHES.search(others):
        return None
    return tuple([title.decode() for title in found])


def plain_links(text: bytes, piece: Span, body: int) -> tuple[list[Link], list[tuple[int, int]]] | None:
    """Return the links and the spans of wiki links of a piece; None if it needs the parser.

    Args:
        text: A body, as `without_fenced_code` returns it.
        piece: The piece, in bytes of the file.
        body: Start of the body, in bytes of the file.
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
