"""Links to removed files: what to do with each."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterator

from memoryd.domain.links.names import Names
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import ItemOutline, outline
from memoryd.domain.markdown.model import BlockKind, Link, Span, WikiLink
from memoryd.domain.markdown.pins import Spans, pinned, touches
from memoryd.domain.removal.cut import Replacement
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import dataclass, regex

_LEAD = regex(rb"[*_~`\s]*")
_FURTHER = regex(rb"\n[ \t]*(?:\r?\n|```|~~~|>)")  # a second paragraph, code, a quote
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
    items = outline(document) if spots else None
    lines: list[Span] = []
    for spot in sorted(spots, reverse=True):  # nested items before the items around them
        line = (items and _item(document, items, spot, lines)) or _row(document, spot)
        leads = {path for path, _ in names.led_to(document, line)} if line else set()
        if line and leads and leads <= {*gone, document.path}:
            lines.append(line)
    removed = Spans(lines)
    elsewhere = [link for link in dead if not removed.touch(link.span)]
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


def _item(document: Document, items: ItemOutline, spot: Span, gone: list[Span]) -> Span | None:
    """Return the list item that begins with a link; None if it has more content than its first lines.

    Args:
        document: Its document.
        items: The items of the document.
        spot: The link.
        gone: Lines that are removed, the last of the document first.
    """
    item = items.innermost(spot.start)
    if item is None or not item.text <= spot.start:
        return None
    first, last = (bisect_right(items.items, at, key=lambda each: each.span.start) for at in item.span)
    below = [each.span for each in items.items[first:last] if each.span.start < item.span.end]
    if not all(_is_within(each, gone) for each in below):
        return None
    own = document.source[item.text : min([item.span.end, *(each.start for each in below)])]
    if _FURTHER.search(own.rstrip()):
        return None
    return item.span if _LEAD.fullmatch(document.source, item.text, spot.start) else None


def _is_within(part: Span, gone: list[Span]) -> bool:
    """Return whether a part is in one of some lines, the last of the document first."""
    at = bisect_left(gone, -part.start, key=lambda span: -span.start)
    return at < len(gone) and part.end <= gone[at].end


def _row(document: Document, spot: Span) -> Span | None:
    """Return the table row around a link, unless it is in the table head."""
    at = bisect_right(document.blocks, spot.start, key=lambda block: block.span.start) - 1
    if at < 0 or document.blocks[at].kind is not BlockKind.TABLE:
        return None
    block = document.blocks[at].span
    if spot.start >= block.end:
        return None
    head = block.start
    for _ in range(_TABLE_HEAD):
        head = document.line_at(head).end
    row = Span(document.line_at(spot.start).start, document.line_at(spot.end).end)
    return row if row.start >= head else None


def _text_of(document: Document, link: Link | WikiLink) -> bytes:
    """Return the text that replaces a link to a removed file."""
    if isinstance(link, WikiLink):
        shown = document.slice(link.span)[2:-2].partition("|")[2].strip() or link.name
        return shown.encode()
    whole = document.source[link.span.start : link.span.end]
    text = whole[1 : max(whole.rfind(b"]("), whole.rfind(b"][")) if not whole.endswith(b"[]") else -3]
    return text if text.strip() else link.destination.encode()
