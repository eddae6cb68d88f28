"""Facts and searchable text of a document, for the index."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, repeat
from typing import NamedTuple

from memoryd.domain.dates.written import own_date
from memoryd.domain.links.destinations import absolute, file_paths
from memoryd.domain.markdown.document import Document
from memoryd.domain.search.outline import Outline, outline_of
from memoryd.domain.search.segments import clean, segment, unsegmented
from memoryd.domain.text.phrases import one_line
from memoryd.values import regex

KIND_BITS = 4
_PLAIN_TARGET = regex(r"(?:\./)?([\w-]+\.md)(?:#.*)?", re.ASCII)
_NAME_IN_TITLE = regex(r"[\W_]+")


class Columns(NamedTuple):
    """The searchable text of a document, segmented.

    Attributes:
        name: The name in the front matter, and the stem of the file if that differs.
        description: The description in the front matter.
        headings: One per line.
        body: Everything after the front matter.
        lines: For each of the four, the line in the file (from 1) of each line; for the body, of the first.
    """

    name: str
    description: str
    headings: str
    body: str
    lines: tuple[list[int], list[int], list[int], list[int]]


class Facts(NamedTuple):  # one per indexed file, created three times as fast as a dataclass
    """Facts of a document, from its own bytes.

    Attributes:
        name: The name in the front matter, or "".
        description: The description in the front matter, or "".
        type: The type in the front matter, or "".
        title: The name, else the first heading, else the stem of the file.
        recorded: The day in its front matter or its file name, in ISO form, or None.
        lines: The number of lines.
        front_matter: Keys and values.
        links: Line, kind (`link`, `wiki`), destination, and the probable path in the store, or None.
        blocks: Headings, entries and the text between, in order, each packed in one number: its start in
            `Columns.body`, and its kind as in `Outline.kinds`. It ends where the next one starts.
        columns: The text.
    """

    name: str
    description: str
    type: str
    title: str
    recorded: str | None
    lines: int
    front_matter: list[tuple[str, str]]
    links: list[tuple[int, str, str, str | None]]
    blocks: list[int]
    columns: Columns


def facts(document: Document, root: str) -> Facts:
    """Return the facts of a document of the store at `root`."""
    front_matter = document.front_matter
    fields = front_matter.fields if front_matter else {}
    name, description = one_line(clean(document.name)), one_line(clean(document.description))
    source = document.source
    outline = outline_of(document)
    headings = segment("\n".join([one_line(title) for title, _ in outline.headings]))
    blocks, body = _blocks(outline, source[document.body :])
    names, name_lines = _names(document, name)
    day = own_date(document)
    return Facts(
        name=name,
        description=description,
        type=one_line(clean(front_matter.type)) if front_matter else "",
        title=name or unsegmented(headings.partition("\n")[0]) or clean(document.stem),
        recorded=day.isoformat() if day else None,
        lines=source.count(b"\n") + (not source.endswith(b"\n") and bool(source)),
        front_matter=_front_matter(fields),
        links=list(_links(document, root)),
        blocks=blocks,
        columns=Columns(
            segment(names),
            segment(description),
            headings,
            body,
            (
                name_lines,
                [_key_line(document, "description")],
                _line_numbers(source, [start for _, start in outline.headings]),
                [source.count(b"\n", 0, document.body) + 1],
            ),
        ),
    )


def _front_matter(fields: Mapping[str, str]) -> list[tuple[str, str]]:
    text = "".join([*fields, *fields.values()])
    if text.isascii() and text.isprintable():  # one check for all values: they rarely need cleaning
        return list(fields.items())
    return [(clean(key), clean(value)) for key, value in fields.items()]


def _names(document: Document, name: str) -> tuple[str, list[int]]:
    """Return the names of a document, one per line, and the line in the file of each."""
    stem = document.stem
    line = _key_line(document, "name")
    if stem == name or _folded(stem) == _folded(name):
        return name, [line]
    stem = one_line(clean(stem))
    return (f"{name}\n{stem}", [line, 1]) if name else (stem, [1])


def _folded(name: str) -> str:
    return _NAME_IN_TITLE.sub("", name).casefold()


def _key_line(document: Document, key: str) -> int:
    if document.front_matter is None:
        return 1
    span = document.front_matter.key_span(key) or document.front_matter.span
    return document.source.count(b"\n", 0, span.start) + 1


def _line_numbers(source: bytes, offsets: Sequence[int]) -> list[int]:
    between = map(source.count, repeat(b"\n"), (0, *offsets), offsets)
    return list(accumulate(between, initial=1))[1:]


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
    """Return the probable path in its store of a link's target; None if it is elsewhere."""
    folder = document.path.rpartition("/")[0]
    plain = _PLAIN_TARGET.fullmatch(destination)
    if plain and not folder and root != "/":  # most links are to a file in the same folder
        return plain[1]
    paths = file_paths(destination)
    if not paths or paths[0].startswith("~"):
        return None
    place = posixpath.normpath(absolute(root, document.path, paths[0]))
    return clean(place[len(root) + 1 :]) if place.startswith(f"{root}/") else None


def _blocks(outline: Outline, body: bytes) -> tuple[list[int], str]:
    """Return the blocks of a body, and its text in the index.

    Args:
        outline: The outline of the body.
        body: The body in the file: the parts of the outline, and perhaps white space.
    """
    if body.isascii():
        text = segment(body.decode())
        lengths = list(map(len, outline.parts))  # as long in the index
    else:
        parts = [segment(part.decode()) for part in outline.parts]
        rest = segment(body[sum(map(len, outline.parts)) :].decode())
        text = "".join([*parts, rest])
        lengths = list(map(len, parts))
    places = zip(accumulate(lengths, initial=0), outline.kinds, strict=False)  # one start too many
    return [start << KIND_BITS | kind for start, kind in places], text
