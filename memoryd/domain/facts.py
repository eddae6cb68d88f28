"""What is indexed of a document: facts that depend on no other file, and its text for searching."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memoryd.domain.dates import borne
from memoryd.domain.document import Document
from memoryd.domain.links import absolute, file_paths
from memoryd.domain.segments import clean, one_line, segment

KINDS = ("heading", "list", "paragraph", "table", "code", "quote", "html", "footnote")
"""Kinds of what stands in a document, as they are packed: by their places here."""

START_BITS, LENGTH_BITS, KIND_BITS = 24, 24, 4  # a file has 8 MiB at most
_NAME_IN_TITLE = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Columns:
    """The text of a document as it is searched, segmented.

    Attributes:
        name: Of the front matter, and the file's own where that is another.
        description: Of the front matter.
        headings: One on each line.
        body: All after the front matter.
        lines: For each of the four, the line in the file (from 1) of each line; of the body's the first.
    """

    name: str
    description: str
    headings: str
    body: str
    lines: tuple[tuple[int, ...], ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a document from its own bytes.

    Attributes:
        name: Of the front matter, "" where there is none.
        description: The same.
        type: The same.
        title: What to call it: name, first heading, or the file's name.
        recorded: The day that its front matter or its name bears, in ISO form, or None.
        lines: How many it has.
        front_matter: Keys and values.
        links: Line, kind (`link`, `wiki`), destination, and the path in the store that it means, or None.
        blocks: Headings and entries in order, each packed in one number: where it starts in `Columns.body`,
            its length there, and its place in `KINDS`.
        columns: The text.
    """

    name: str
    description: str
    type: str
    title: str
    recorded: str | None
    lines: int
    front_matter: tuple[tuple[str, str], ...]
    links: tuple[tuple[int, str, str, str | None], ...]
    blocks: tuple[int, ...]
    columns: Columns


def facts(document: Document, root: str) -> Facts:
    """The facts of a document of the store at `root`."""
    front_matter = document.front_matter
    fields = (
        tuple((clean(key), clean(value)) for key, value in front_matter.fields.items())
        if front_matter
        else ()
    )
    name, description = one_line(clean(document.name)), one_line(clean(document.description))
    heading = one_line(clean(document.headings[0].text)) if document.headings else ""
    day = borne(document)
    source = document.source
    return Facts(
        name=name,
        description=description,
        type=one_line(clean(front_matter.type)) if front_matter else "",
        title=name or heading or clean(document.stem),
        recorded=day.isoformat() if day else None,
        lines=source.count(b"\n") + (not source.endswith(b"\n") and bool(source)),
        front_matter=fields,
        links=tuple(_links(document, root)),
        blocks=tuple(_blocks(document)),
        columns=_columns(document, name, description),
    )


def _columns(document: Document, name: str, description: str) -> Columns:
    source = document.source
    offsets = [heading.span.start for heading in document.headings]
    line = _key_line(document, b"name")
    names = name
    lines: tuple[int, ...] = (line,)
    if _NAME_IN_TITLE.sub("", document.stem).casefold() != _NAME_IN_TITLE.sub("", name).casefold():
        stem = one_line(clean(document.stem))
        names, lines = (f"{name}\n{stem}", (line, 1)) if name else (stem, (1,))
    return Columns(
        segment(names),
        segment(description),
        "\n".join([segment(one_line(heading.text)) for heading in document.headings]),
        segment(source[document.body :].decode()),
        (
            lines,
            (_key_line(document, b"description"),),
            tuple(_line_numbers(source, offsets)),
            (source.count(b"\n", 0, document.body) + 1,),
        ),
    )


def _key_line(document: Document, key: bytes) -> int:
    if document.front_matter is None:
        return 1
    span = document.front_matter.span
    at = (
        document.source.find(b"\n" + key + b":", span.start, span.end) + 1
    )  # as it stands in nearly all files
    if not at:
        spelling = re.compile(rb"^[\"']?%b[\"']?[ \t]*:" % key, re.MULTILINE)
        found = spelling.search(document.source, span.start, span.end)
        at = found.start() if found else span.start
    return document.source.count(b"\n", 0, at) + 1


def _line_numbers(source: bytes, offsets: Sequence[int]) -> Iterator[int]:
    line, before = 1, 0
    for offset in offsets:
        line, before = line + source.count(b"\n", before, offset), offset
        yield line


def _links(document: Document, root: str) -> Iterator[tuple[int, str, str, str | None]]:
    if not document.links and not document.wiki_links:
        return
    found = [(link.span.start, "link", link.destination) for link in document.links]
    found += [(link.span.start, "wiki", link.name) for link in document.wiki_links]
    found.sort()
    lines = _line_numbers(document.source, [start for start, _, _ in found])
    for line, (_, kind, destination) in zip(lines, found, strict=True):
        path = _path_in_store(document, root, destination) if kind == "link" else None
        yield line, kind, clean(destination), path


def _path_in_store(document: Document, root: str, destination: str) -> str | None:
    """The path in its store that a link means, as likely as not; None where it leads elsewhere."""
    paths = file_paths(destination)
    if not paths or paths[0].startswith("~"):
        return None
    place = posixpath.normpath(absolute(root, document.path, paths[0]))
    return clean(place[len(root) + 1 :]) if place.startswith(f"{root}/") else None


def _blocks(document: Document) -> Iterator[int]:
    """Positions in the segmented body, of which the length of each piece is the sum of its parts' lengths."""
    source, body = document.source, document.body
    spans = [(heading.span, 0) for heading in document.headings]
    spans += [(entry.span, KINDS.index(entry.kind)) for entry in document.entries]
    spans.sort()
    plain = source.isascii()
    before, at = body, 0
    for span, kind in spans:
        length = len(source[span.start : span.end].rstrip())
        if plain:
            start = span.start - body
        else:
            start = at + len(segment(source[before : span.start].decode()))
            before, at = span.start, start
            length = len(segment(source[span.start : span.start + length].decode()))
        yield start << (LENGTH_BITS + KIND_BITS) | length << KIND_BITS | kind
