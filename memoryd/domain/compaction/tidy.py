"""Repetition in an index file, and counts of its lines."""

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator

from memoryd.domain.links.destinations import absolute, file_paths
from memoryd.domain.links.names import names_of
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.frontmatter import BOM
from memoryd.domain.markdown.model import BlockKind, Entry, Link
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.stores.snapshot import Snapshot, keep_last
from memoryd.values import regex

_BLANK_RUN = regex(rb"(?:\r?\n[ \t]*){2,}(?=\r?\n)")
_LINKING = (b"](", b"]:", b"<")  # every link of a text has one of these
ATX = regex(rb" {0,3}#{1,6}(?=[ \t]|$)")  # the mark of a heading; `# x` and `## x` are the same words


def tidied(snapshot: Snapshot, index: Document) -> bytes:
    """Return the index file without runs of blank lines between blocks and without repeated entries.

    A file whose entries are removed may have new runs: call again until nothing changes.
    """
    kept: list[bytes] = []
    at = 0
    for entry in repeated(snapshot, index):
        kept.append(index.source[at : entry.span.start])
        at = entry.span.end
    return b"".join((*kept, index.source[at:])) if at else _without_blank_runs(index)


def _without_blank_runs(index: Document) -> bytes:
    def shorten(match: re.Match[bytes]) -> bytes:
        before = bisect_left(index.blocks, match.start(), key=lambda block: block.span.start)
        inside = before > 0 and match.end() < index.blocks[before - 1].span.end
        return match[0] if inside or match.start() < index.body else match[0][: match[0].index(b"\n") + 1]

    return _BLANK_RUN.sub(shorten, index.source)


@keep_last(4)  # the plan and its proof ask for the same ones
def repeated(snapshot: Snapshot, index: Document) -> tuple[Entry, ...]:
    """Return list items that repeat an earlier one below the same heading, or an earlier pointer.

    The same words below another heading stay, since they may mean something else.
    """
    return tuple(_repeated(snapshot, index))


def _repeated(snapshot: Snapshot, index: Document) -> Iterator[Entry]:
    names = names_of(snapshot)
    pins = pinned(index)
    seen: set[tuple[int, str]] = set()
    for entry in index.entries:
        if entry.kind is not BlockKind.LIST:
            continue
        text = index.slice(entry.span).strip()
        heading = index.heading_above(entry.span.start)
        below = heading.span.end if heading else 0
        place = -1 if any(names.linked(index, entry.span)) else below
        if (place, text) in seen and not touches(entry.span, pins):
            yield entry
        seen.add((place, text))


def line_counts(snapshot: Snapshot) -> Counter[bytes]:
    """Return how often each non-blank line is in the store; headings of all levels count as the same line."""
    counts: Counter[bytes] = Counter()
    for document in snapshot.documents.values():
        counts.update(_lines(document.raw))
    return counts


def lines_of(raw: bytes) -> Counter[bytes]:
    """Return the non-blank lines of a file or of a part of one, counted as `line_counts` does."""
    return Counter(_lines(raw))


def repeated_lines(snapshot: Snapshot) -> Counter[bytes]:
    """Return the lines of repeated entries of the index file, counted as by `line_counts`."""
    index = snapshot.index
    if index is None:
        return Counter()
    counts: Counter[bytes] = Counter()
    for entry in repeated(snapshot, index):
        counts.update(_lines(index.source[entry.span.start : entry.span.end]))
    return counts


def link_counts(snapshot: Snapshot) -> Counter[str]:
    """Return how often the store links to each target: absolute paths, and other destinations."""
    return Counter(
        _place(snapshot, document, link)
        for document in snapshot.documents.values()
        for link in document.links
    )


def repeated_links(snapshot: Snapshot) -> Counter[str]:
    """Return the links in repeated entries of the index file, counted as by `link_counts`."""
    index = snapshot.index
    if index is None:
        return Counter()
    return Counter(
        _place(snapshot, index, link)
        for entry in repeated(snapshot, index)
        for link in index.links_in(entry.span)
    )


def _place(snapshot: Snapshot, document: Document, link: Link) -> str:
    paths = file_paths(link.destination)
    return absolute(snapshot.store.root, document.path, paths[0]) if paths else link.destination


def link_counts_in(snapshot: Snapshot, text: bytes) -> Counter[str]:
    """Return the links of a part of the index file, counted as `link_counts` does."""
    if not any(mark in text for mark in _LINKING):
        return Counter()  # most entries have no link, and a proof asks for each of thousands
    document = parse(snapshot.store.profile.index_name, text)
    return Counter(_place(snapshot, document, link) for link in document.links)


def _lines(raw: bytes) -> Iterator[bytes]:
    return (
        ATX.sub(b"#", stripped, count=1) if ATX.match(stripped) else stripped
        for line in raw.removeprefix(BOM).split(b"\n")
        if (stripped := line.rstrip(b"\r")).strip()
    )
