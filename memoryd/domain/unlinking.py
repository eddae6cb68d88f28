"""A document without links to files that go."""

import re

from memoryd.domain.document import Document, Link, Span, WikiLink
from memoryd.domain.forgetting import cut
from memoryd.domain.links import absolute, file_paths
from memoryd.domain.pointing import is_leading
from memoryd.domain.units import units

_INLINE = re.compile(rb"!?\[(.*)\]\([^()]*(?:\([^()]*\)[^()]*)*\)", re.DOTALL)


def unlinked(document: Document, root: str, gone: frozenset[str], *, names: frozenset[str]) -> bytes:
    """The bytes of a document without list items that point at files that go.

    Where a link to one stands elsewhere, its text stays and the link goes.

    Args:
        document: Valid UTF-8.
        root: Absolute path of its store.
        gone: Absolute paths of the files.
        names: What wiki links of this store call them.
    """

    def leads(link: Link | WikiLink) -> bool:
        if isinstance(link, WikiLink):
            return link.name in names
        return any(absolute(root, document.path, path) in gone for path in file_paths(link.destination))

    links: list[Link | WikiLink] = [*document.links, *document.wiki_links]
    broken = [link for link in links if leads(link)]
    if not broken:
        return document.source
    entries = [unit for unit in units(document, is_index=True) if unit.what in {"entry", "row"}]
    edits: list[tuple[Span, bool]] = []
    for link in broken:
        holder = next((each for each in entries if _holds(each.span, link.span)), None)
        inside = [each for each in links if holder and _holds(holder.span, each.span)]
        pointing = holder and (holder.what == "row" or is_leading(document, link))
        if holder and pointing and all(leads(each) for each in inside):
            edits.append((holder.span, holder.what == "entry"))
        elif isinstance(link, Link) and (match := _INLINE.fullmatch(document.source, *_ends(link.span))):
            edits.append((Span(link.span.start, match.start(1)), False))
            edits.append((Span(match.end(1), link.span.end), False))
    return cut(document.source, edits)


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _ends(span: Span) -> tuple[int, int]:
    return span.start, span.end
