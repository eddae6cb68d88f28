"""Over-long pointers, whose text moves to the topic file."""

from collections.abc import Iterable, Iterator

from memoryd.domain.compaction.draft import Draft
from memoryd.domain.compaction.parts.atoms import Atom
from memoryd.domain.links.destinations import file_paths
from memoryd.domain.links.names import Names
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import BlockKind, Link, Span
from memoryd.domain.markdown.plain_text import plain_text
from memoryd.values import dataclass, regex

LONG = 200  # characters of an index entry; the harness itself asks for less, the format's advice is 150
_LEAD = regex(r"\s*(?:[-*+]|\d{1,9}[.)])\s+(?P<marks>[^\[\]*_`<>]{0,12})\**_*$")
_AFTER_LINK = regex(r"^[*_]*\s*(?:—|--|–|-|:)?\s*")
_CLAUSE = regex(r"(?<=[\w`)\]\"'])[.;。；](?:\s|$)|\s[—–]\s")
_LEAST_CLAUSE = 25  # characters; a shorter one says too little


@dataclass(frozen=True, slots=True)
class LongPointer:
    """An index entry whose text belongs in the topic file that it points at.

    Attributes:
        span: The entry; bytes of the index file.
        path: The topic file that takes its text.
        line: What stays, a line for each topic file that it leads to, without the last line end.
    """

    span: Span
    path: str
    line: str


def long_pointers(draft: Draft) -> tuple[LongPointer, ...]:
    """Return the over-long entries that point at topic files, in order."""
    return tuple(
        pointer
        for atom in draft.atoms
        if atom.kind is BlockKind.LIST
        and len(draft.text(atom).strip()) > LONG
        and draft.can_move(atom)
        and (pointer := _pointer(draft, atom)) is not None
    )


@dataclass(frozen=True, slots=True)
class LongEntry:
    """An over-long index entry that begins with a link to a file.

    Attributes:
        span: The entry; bytes of the index file.
        target: What its first link leads to: the path of a document, else the file as it is written.
        exists: That file is a document of the store.
    """

    span: Span
    target: str
    exists: bool


def long_entries(draft: Draft) -> Iterator[LongEntry]:
    """Yield the over-long entries that begin with a link to a Markdown file, in order."""
    index = draft.index
    for atom in draft.atoms:
        if (
            atom.kind is not BlockKind.LIST
            or len(draft.text(atom).strip()) <= LONG
            or not draft.can_move(atom)
        ):
            continue
        span = draft.span(atom)
        first = next((link for link in index.links if span.start <= link.span.start < span.end), None)
        if first is None or not _LEAD.match(index.slice(Span(span.start, first.span.start))):
            continue
        topics = _topics(draft.names, index, first)
        written = next((path for path in file_paths(first.destination) if path.endswith(".md")), "")
        if topics or written:
            yield LongEntry(span, topics[0] if topics else written, bool(topics))


def _pointer(draft: Draft, atom: Atom) -> LongPointer | None:
    span = draft.span(atom)
    links = list(_leading_links(draft, atom))
    if not links:
        return None
    path = links[0][0]
    if "/" in path or draft.snapshot.documents[path].undecodable is not None:
        return None  # in another directory the entry's own links would lead elsewhere
    rest = draft.index.source[links[-1][1].span.end : span.end].decode(errors="replace")
    lines = [_line(draft, span, path, link, rest if len(links) == 1 else "") for path, link in links]
    text = draft.style.eol.join(lines)
    return LongPointer(span, path, text) if len(text) < len(draft.text(atom).strip()) else None


def _leading_links(draft: Draft, atom: Atom) -> Iterator[tuple[str, Link]]:
    """Yield the links to topic files that an entry begins with; none where others follow later."""
    index, span = draft.index, draft.span(atom)
    links = index.links_in(span)
    if not links or not _LEAD.match(index.slice(Span(span.start, links[0].span.start))):
        return
    found: list[tuple[str, Link]] = []
    for link in links:
        paths = _topics(draft.names, index, link)
        between = index.source[found[-1][1].span.end : link.span.start] if found else b""
        if not paths or len(between.strip(b" \t*_,;/&+|\xc2\xb7")) > len(b"and"):
            break
        found.append((paths[0], link))
    later = [link for link in links[len(found) :] if _topics(draft.names, index, link)]
    if not later and len({path for path, _ in found}) == len(found):
        yield from found


def _topics(names: Names, index: Document, link: Link) -> list[str]:
    return [path for path in names.answering(index, link) if path != index.path]


def _line(draft: Draft, span: Span, path: str, link: Link, rest: str) -> str:
    """Return the line that stays for one link: its title once, and what its topic says of itself."""
    index = draft.index
    source = index.slice(link.span)
    title = source[1 : source.rindex("](")] if source.startswith("[") and "](" in source else link.text
    lead = _LEAD.match(index.slice(Span(span.start, link.span.start)))
    marks = (lead["marks"].strip() + " ") if lead and lead["marks"].strip() else ""
    topic = draft.snapshot.documents[path]
    told = plain_text(topic.description) or _first_clause(rest, link.text)
    line = draft.style.line(title, path, told)
    return line.replace("[", f"{marks}[", 1) if marks else line


def _first_clause(rest: str, title: str) -> str:
    """Return the first clause behind a link that says more than its title."""
    text = " ".join(plain_text(_AFTER_LINK.sub("", rest.split("\n", 1)[0])).split())
    start = 0
    for match in [*_CLAUSE.finditer(text), None]:
        clause = text[
            start : match.start() + (text[match.start()] not in " .;。；") if match else len(text)
        ].strip()
        if len(clause) >= _LEAST_CLAUSE and clause.casefold() != title.casefold():
            return clause
        start = match.end() if match else len(text)
    return text


def without_text(draft: Draft, pointers: Iterable[LongPointer]) -> dict[str, bytes]:
    """Return the index file with a line for each pointer, and the topic files with their texts, by path."""
    files: dict[str, bytes] = {}
    index = draft.index.source
    for pointer in sorted(pointers, key=lambda each: each.span, reverse=True):
        entry = index[pointer.span.start : pointer.span.end]
        end = draft.style.eol.encode() if entry.endswith(b"\n") else b""
        index = index[: pointer.span.start] + pointer.line.encode() + end + index[pointer.span.end :]
    for pointer in sorted(pointers, key=lambda each: each.span):
        known = files.get(pointer.path, draft.snapshot.documents[pointer.path].raw)
        text = draft.index.slice(pointer.span).replace("\r\n", "\n").rstrip("\n") + "\n"
        if f"\n{text}" not in "\n" + known.decode(errors="replace").replace("\r\n", "\n"):
            files[pointer.path] = appended(known, text + draft.definitions(text))
    return files | {draft.index.path: index}


def appended(known: bytes, text: str) -> bytes:
    """Return a topic file with a text at its end, as a block of its own."""
    eol = "\r\n" if b"\r\n" in known else "\n"
    gap = eol * (1 if known.endswith(b"\n") or not known else 2)
    return known + (gap + text.replace("\n", eol)).encode()


def ages(draft: Draft, pointers: Iterable[LongPointer]) -> dict[bytes, float]:
    """Return when the lines that stay were first seen: when the entries were that they stand for."""
    born = draft.past.born
    return {
        line.strip().encode(): born[first]
        for pointer in pointers
        if (first := draft.index.slice(pointer.span).split("\n", 1)[0].strip().encode()) in born
        for line in pointer.line.split("\n")
    }
