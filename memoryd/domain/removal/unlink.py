"""Links to removed files: what to do with each."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from memoryd.domain.links.names import Names
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import Item, innermost, outline
from memoryd.domain.markdown.model import BlockKind, Link, Span, WikiLink
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.removal.cut import Replacement
from memoryd.domain.stores.snapshot import Snapshot

_LEAD = re.compile(rb"[*_~`\s]*")
_FURTHER = re.compile(rb"\n[ \t]*(?:\r?\n|```|~~~|>)")  # a second paragraph, code, a quote
_TABLE_HEAD = 2  # lines


@dataclass(frozen=True, slots=True)
class UnlinkPlan:
    """The changes of one document that links to removed files.

    Attributes:
        replacements: List items and table rows about nothing else are removed, unless other content is
            nested in them; other links become plain text.
        stays: Reason why some links cannot be changed, up to the name of the document; or "".
    """

    replacements: tuple[Replacement, ...] = ()
    stays: str = ""


def unlink(snapshot: Snapshot, names: Names, document: Document, gone: Collection[str]) -> UnlinkPlan:
    """Find the links of a document to removed files, and plan their changes.

    Args:
        snapshot: The store, including the removed files.
        names: The names of that snapshot.
        document: Another document of it.
        gone: Paths of the removed files.
    """
    links: list[Link | WikiLink] = [*document.links, *document.wiki_links]
    dead = [link for link in links if any(path in gone for path in names.answering(document, link))]
    mentioned = _mentions(document, gone) if document is snapshot.index else ()
    spots = [*(link.span for link in dead), *mentioned]
    items = outline(document).items if spots else ()
    lines: list[Span] = []
    for spot in sorted(spots, reverse=True):  # nested items before the items around them
        line = _item(document, items, spot, lines) or _row(document, spot)
        leads = {path for path, _ in names.led_to(document, line)} if line else set()
        if line and leads and leads <= {*gone, document.path}:
            lines.append(line)
    elsewhere = [link for link in dead if not touches(link.span, tuple(lines))]
    plain = [link for link in elsewhere if document.source.startswith(b"[", link.span.start)]
    texts = [Replacement(link.span, _text_of(document, link)) for link in plain]
    replacements = (*map(Replacement, lines), *texts)
    pins = pinned(document) if replacements else ()
    stays = "is linked in HTML, or as a picture, in" if len(plain) < len(elsewhere) else ""
    if any(touches(each.span, pins) for each in replacements):
        stays = "is pinned in"
    return UnlinkPlan(replacements, stays)


def _mentions(document: Document, gone: Collection[str]) -> Iterator[Span]:
    """Yield the spans of the file names of removed topics."""
    for path in gone:
        name = path.rpartition("/")[2].encode()
        for match in re.finditer(rb"(?<![\w.-])" + re.escape(name) + rb"(?!\w)", document.source):
            yield Span(match.start(), match.end())


def _item(document: Document, items: tuple[Item, ...], spot: Span, gone: list[Span]) -> Span | None:
    """Return the list item that begins with a link; None if it has more content than its first lines."""
    item = innermost(items, spot.start)
    if item is None or not item.text <= spot.start:
        return None
    below = [each.span for each in items if item.span.start < each.span.start < item.span.end]
    if not all(any(span.start <= each.start and each.end <= span.end for span in gone) for each in below):
        return None
    own = document.source[item.text : min([item.span.end, *(each.start for each in below)])]
    if _FURTHER.search(own.rstrip()):
        return None
    return item.span if _LEAD.fullmatch(document.source, item.text, spot.start) else None


def _row(document: Document, spot: Span) -> Span | None:
    """Return the table row around a link, unless it is in the table head."""
    for block in document.blocks:
        if block.kind is BlockKind.TABLE and block.span.start <= spot.start < block.span.end:
            row = Span(document.line_at(spot.start).start, document.line_at(spot.end).end)
            head = document.source.count(b"\n", block.span.start, row.start) < _TABLE_HEAD
            return None if head else row
    return None


def _text_of(document: Document, link: Link | WikiLink) -> bytes:
    """Return the text that replaces a link to a removed file."""
    if isinstance(link, WikiLink):
        shown = document.slice(link.span)[2:-2].partition("|")[2].strip() or link.name
        return shown.encode()
    whole = document.source[link.span.start : link.span.end]
    text = whole[1 : max(whole.rfind(b"]("), whole.rfind(b"][")) if not whole.endswith(b"[]") else -3]
    return text if text.strip() else link.destination.encode()
