"""Links in the plainest of texts, which most lines with links are: read without a parser of Markdown."""

import re

from memoryd.domain.markdown.model import Link, Span

_NAME = rb"[A-Za-z0-9](?>(?:[A-Za-z0-9\x80-\xff,.;:?'\"()/+%=-]| (?! ))*)"  # means nothing but itself
_LINK = rb"\[(?P<text>" + _NAME + rb")\]\((?P<destination>[A-Za-z0-9./#:-][A-Za-z0-9./#:%?=+_-]*+)\)"
_WIKI = rb"\[\[" + _NAME + rb"\]\](?![(\[:])"
_CODE = rb"(?<!`)`[^`\[\]\n|]++`(?!`)"
# No escape, HTML, table, line break in what counts, nor any white space that could make code of a line.
_OTHER = rb"[^\[\]\\`<|!\s]++|!(?!\[)| (?! )|\n(?!\s)"
_UNIT = re.compile(
    rb"(?>(?:" + _OTHER + rb"|" + _CODE + rb")*)(?:" + _LINK + rb"|(?P<wiki>" + _WIKI + rb")|\Z)"
)


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
        unit = _UNIT.match(text, at, last)
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
