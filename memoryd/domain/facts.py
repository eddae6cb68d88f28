"""What is indexed of a document: facts that depend on no other file, and its text for searching."""

import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from memoryd.domain.dates import borne
from memoryd.domain.document import BlockKind, Document
from memoryd.domain.links import absolute, file_paths
from memoryd.domain.outline import Outline, plain_outline
from memoryd.domain.segments import clean, one_line, segment, unsegmented

KINDS = (
    *(
        BlockKind.HEADING,
        BlockKind.LIST,
        BlockKind.PARAGRAPH,
        BlockKind.TABLE,
        BlockKind.CODE,
        BlockKind.QUOTE,
    ),
    *(BlockKind.HTML, BlockKind.FOOTNOTE),
)
"""Kinds of what stands in a document, as they are packed: by their places here."""

START_BITS, LENGTH_BITS, KIND_BITS = 24, 24, 4  # a file has 8 MiB at most
_START = LENGTH_BITS + KIND_BITS
_NUMBER = {**{kind: number for number, kind in enumerate(KINDS)}, BlockKind.RULE: -1}
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
    fields = tuple(front_matter.fields.items()) if front_matter else ()
    name, description = one_line(clean(document.name)), one_line(clean(document.description))
    outline = _outline(document)
    headings = [segment(one_line(heading.text)) for heading in outline.headings]
    day = borne(document)
    source = document.source
    return Facts(
        name=name,
        description=description,
        type=one_line(clean(front_matter.type)) if front_matter else "",
        title=name or (unsegmented(headings[0]) if headings else "") or clean(document.stem),
        recorded=day.isoformat() if day else None,
        lines=source.count(b"\n") + (not source.endswith(b"\n") and bool(source)),
        front_matter=tuple([(clean(key), clean(value)) for key, value in fields]),
        links=tuple(_links(document, root)),
        blocks=tuple(_blocks(document, outline)),
        columns=_columns(document, name, description, outline, headings),
    )


def _outline(document: Document) -> Outline:
    plain = plain_outline(document.source, document.body)
    if plain:
        return plain
    marks = [(entry.kind, *entry.span) for entry in document.entries]
    marks += [(BlockKind.HEADING, *heading.span) for heading in document.headings]
    return Outline(document.headings, sorted(marks, key=lambda mark: mark[1]))


def _columns(
    document: Document, name: str, description: str, outline: Outline, headings: list[str]
) -> Columns:
    source = document.source
    names = name
    lines: tuple[int, ...] = (_key_line(document, b"name"),)
    if _NAME_IN_TITLE.sub("", document.stem).casefold() != _NAME_IN_TITLE.sub("", name).casefold():
        stem = one_line(clean(document.stem))
        names, lines = (f"{name}\n{stem}", (*lines, 1)) if name else (stem, (1,))
    return Columns(
        segment(names),
        segment(description),
        "\n".join(headings),
        segment(source[document.body :].decode()),
        (
            lines,
            (_key_line(document, b"description"),),
            tuple(_line_numbers(source, [heading.span.start for heading in outline.headings])),
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


def _blocks(document: Document, outline: Outline) -> Iterator[int]:
    """Positions in the segmented body, of which the length of each piece is the sum of its parts' lengths."""
    source, body = document.source, document.body
    packed = [(start, end, number) for kind, start, end in outline.marks if (number := _NUMBER[kind]) >= 0]
    if source.isascii():
        for start, end, number in packed:
            length = len(source[start:end].rstrip())
            yield (start - body) << _START | length << KIND_BITS | number
        return
    before, at = body, 0
    for start, end, number in packed:
        at += len(segment(source[before:start].decode()))
        before = start
        length = len(segment(source[start:end].rstrip().decode()))
        yield at << _START | length << KIND_BITS | number
