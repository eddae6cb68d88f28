"""Index file items that begin with a link."""

import re
from collections.abc import Iterator

from memoryd.domain.links.names import Names
from memoryd.domain.links.targets import ResolvedLinks
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import BlockKind, Entry, Link, Span, WikiLink
from memoryd.domain.markdown.positions import line_at
from memoryd.values import dataclass, regex

_LEAD = regex(rb"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?[*_~]{0,4}")
_BETWEEN = regex(rb"[*_~\s]{0,4}(?:[,;/&+|]|and|or)?[*_~\s]{0,4}")
_ITEM = regex(rb"(?P<indent>[ \t]*)(?:[-*+]|\d{1,9}[.)])[ \t]")

_Meant = tuple[Link | WikiLink, tuple[str, str] | None]  # a link, and its target path and fragment


@dataclass(frozen=True, slots=True)
class Pointer:
    """A list item that begins with a link.

    Attributes:
        link: The link, or wiki link, that it begins with.
        target: The target: an absolute path, and a fragment or "".
        line: Its line, line end included.
        is_whole: The item is this line alone, and all its links have this target.
    """

    link: Link | WikiLink
    target: tuple[str, str]
    line: Span
    is_whole: bool


def pointers(links: ResolvedLinks) -> tuple[Pointer, ...]:
    """Return the pointers of the index file with an existing target, in order."""
    index = links.snapshot.index
    return tuple(_pointers(links, index)) if index else ()


def _pointers(resolved: ResolvedLinks, index: Document) -> Iterator[Pointer]:
    lines: dict[Span, list[_Meant]] = {}
    line = Span(0, 0)
    for link, target in sorted(_meant(resolved, index), key=lambda each: each[0].span):
        if link.span.start >= line.end:
            line = Span(index.line_at(link.span.start).start, index.line_at(link.span.end).end)
        lines.setdefault(line, []).append((link, target))
    for line, links in lines.items():
        link, target = links[0]
        lead = _lead(index, link.span, line.start)
        if lead and target and not _is_one_of_several(index.source, links):
            alone = all(other == target for _, other in links)
            yield Pointer(link, target, line, alone and _is_whole(index.source, line, len(lead["indent"])))


def _is_one_of_several(source: bytes, links: list[_Meant]) -> bool:
    """Return whether a line begins with a list of links to different targets."""
    (one, target), (other, place) = (links * 2)[:2]
    return place != target and bool(_BETWEEN.fullmatch(source, one.span.end, other.span.start))


def is_leading(document: Document, link: Link | WikiLink) -> bool:
    """Return whether a list item begins with a link."""
    return bool(_lead(document, link.span, document.line_at(link.span.start).start))


def _lead(document: Document, span: Span, line: int) -> re.Match[bytes] | None:
    """Return the text from the start of a line to a link, if a list item begins with that link."""
    if document.source.startswith(b"!", span.start):
        return None  # an image is not a pointer
    return _LEAD.fullmatch(document.source, line, span.start)


def _meant(resolved: ResolvedLinks, index: Document) -> Iterator[_Meant]:
    snapshot = resolved.snapshot
    judged = set()
    for target in resolved.targets(index):
        judged.add(target.link.span)
        yield target.link, (target.place, target.fragment) if target.place and target.path else None
    yield from ((link, None) for link in index.links if link.span not in judged)
    names = resolved.wiki_names
    for link in index.wiki_links:
        paths = names.targets(link.name)
        yield link, (f"{snapshot.store.root}/{paths[0]}", link.part) if len(paths) == 1 else None


def _is_whole(source: bytes, line: Span, indent: int) -> bool:
    """Return whether the item of a line has no further lines."""
    at, blank = line.end, False
    while at < len(source):
        end = line_at(source, at).end
        text = source[at:end]
        if text.strip():
            inner = len(text) - len(text.lstrip(b" \t"))
            item = _ITEM.match(text)
            return inner <= indent and bool(blank or item or text.startswith((b"#", b"<!--", b"```")))
        at, blank = end, True
    return True


def leads(index: Document, entry: Entry, names: Names) -> bool:
    """Return whether an entry is a list item that leads to a document of the store."""
    return entry.kind is BlockKind.LIST and any(
        path != index.path for path, _ in names.led_to(index, entry.span)
    )
