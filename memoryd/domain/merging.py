"""Two topic files made one: every line that differs is kept, whatever led to the one leads to the other."""

import posixpath
import re
from dataclasses import replace
from itertools import pairwise

from memoryd.domain.document import BlockKind, Document, Snapshot, Span
from memoryd.domain.edits import Applicability, FileChange, Fix
from memoryd.domain.fixes import with_changes
from memoryd.domain.frontmatter import BOM
from memoryd.domain.links import WikiNames, absolute, file_paths, reachable
from memoryd.domain.markdown import parse
from memoryd.domain.pointing import pointers
from memoryd.domain.relinking import destination_of, relinked
from memoryd.domain.wording import words_of

_LEADING = re.compile(r"(?<=\])\([^()\s]*|\[\[[^\[\]|]*")
_MOST = 200  # links to one file that are led elsewhere


def merge_fix(snapshot: Snapshot, kept: Document, gone: Document) -> Fix | None:
    """The fix that puts a topic file into another one and removes it.

    What is not in `kept` yet stands at its end: the description, and every part of which a line is new,
    below its heading. None where not every line, link and way to a file would survive.
    """
    if not _can_merge(snapshot, kept, gone):
        return None
    contents = {kept.path: _together(kept, gone)}
    renamed = _without_second_pointer(snapshot, kept, gone)
    for path, document in renamed.documents.items():
        if path == gone.path:
            continue
        own = parse(path, contents[path]) if path in contents else document
        after = _led_elsewhere(renamed, own, kept, gone)
        if after is None:
            return None
        if after != snapshot.documents[path].raw:
            contents[path] = after
    root = snapshot.store.root
    changes = [
        FileChange(root, f"{root}/{path}", snapshot.documents[path].raw, content)
        for path, content in contents.items()
        if content != snapshot.documents[path].raw
    ]
    changes.append(FileChange(root, f"{root}/{gone.path}", gone.raw, None))
    after_all = with_changes(snapshot, {change.path: change for change in changes})
    if not _is_lossless(snapshot, after_all, kept, gone):
        return None
    return Fix(f"merge “{gone.path}” into “{kept.path}”", Applicability.UNSAFE, tuple(changes))


def _can_merge(snapshot: Snapshot, kept: Document, gone: Document) -> bool:
    index = snapshot.store.profile.index_name
    return (
        index not in {kept.path, gone.path}
        and posixpath.dirname(kept.path) == posixpath.dirname(gone.path)
        and all(each.undecodable is None for each in snapshot.documents.values())
        and not gone.definitions
        and b"[^" not in gone.source  # footnotes are numbered a file
        and snapshot.store.profile.rewrites
        and _is_closed(kept)
    )


def _is_closed(document: Document) -> bool:
    """Whether what is written behind a file is read as text: no code block or HTML is left open."""
    last = parse("", document.raw.rstrip() + b"\n\nx\n").blocks[-1:]
    return [(block.kind, block.span.end - block.span.start) for block in last] == [(BlockKind.PARAGRAPH, 2)]


def _together(kept: Document, gone: Document) -> bytes:
    """The kept file with what only the other one says at its end."""
    eol = "\r\n" if b"\r\n" in kept.source else "\n"
    known = set(_lines(kept.text))
    parts = [_new_in(section, known) for section in _sections(gone)]
    told = {words_of(line).tokens for line in known}
    description = gone.description.strip()
    if description and words_of(description).tokens not in {*told, words_of(kept.description).tokens}:
        parts.insert(0, description)
    text = "\n\n".join(filter(None, parts))
    if not text:
        return kept.raw
    body = kept.raw.rstrip(b"\r\n")
    return body + (f"\n\n{text}\n").replace("\n", eol).encode()


def _sections(document: Document) -> list[tuple[str, list[str]]]:
    """Heading and blocks of each section, as text with LF; a list is one block an entry."""
    starts = [document.body, *(heading.span.start for heading in document.headings), len(document.source)]
    headings = {heading.span.start: heading.span for heading in document.headings}
    found = []
    for start, end in pairwise(dict.fromkeys(starts)):
        span = headings.get(start)
        begin = span.end if span else start
        found.append((_text(document, span) if span else "", _blocks(document, Span(begin, end))))
    return found


def _blocks(document: Document, within: Span) -> list[str]:
    starts = [block.span.start for block in document.blocks] + [
        entry.span.start for entry in document.entries
    ]
    edges = {within.start, within.end, *(at for at in starts if within.start <= at < within.end)}
    return [_text(document, Span(start, end)) for start, end in pairwise(sorted(edges))]


def _text(document: Document, span: Span) -> str:
    return document.slice(span).replace("\r\n", "\n").removeprefix(BOM.decode()).rstrip()


def _new_in(section: tuple[str, list[str]], known: set[str]) -> str:
    """A section's heading and the blocks of it of which a line is new; "" where there is nothing new."""
    heading, blocks = section
    fresh = [block for block in blocks if any(line not in known for line in _lines(block))]
    if not fresh and all(line in known for line in _lines(heading)):
        return ""
    text = heading
    for block in fresh:
        entry = re.match(r"\s*(?:[-*+]|\d+[.)])\s", block) and re.match(
            r"(?:.*\n)*\s*(?:[-*+]|\d+[.)])\s", text
        )
        text += ("\n" if entry and text != heading else "\n\n" if text else "") + block.strip("\n")
    return text


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.replace("\r\n", "\n").split("\n") if line.strip()]


def _without_second_pointer(snapshot: Snapshot, kept: Document, gone: Document) -> Snapshot:
    """The store without the index line of what goes, where the index file has one of what stays."""
    index = snapshot.index
    if index is None:
        return snapshot
    root = snapshot.store.root
    known = pointers(snapshot)
    if not any(pointer.target[0] == f"{root}/{kept.path}" for pointer in known):
        return snapshot
    source = index.source
    for pointer in reversed(known):
        if pointer.is_whole and pointer.target[0] == f"{root}/{gone.path}":
            source = source[: pointer.line.start] + source[pointer.line.end :]
    documents = {**snapshot.documents, index.path: parse(index.path, source)}
    return replace(snapshot, documents=documents)


def _led_elsewhere(snapshot: Snapshot, document: Document, kept: Document, gone: Document) -> bytes | None:
    """A document whose links, wiki links and mentions of one file name the other; None where one resists."""
    root = snapshot.store.root
    place = f"{root}/{gone.path}"
    for _ in range(_MOST):
        link = next(
            (
                link
                for link in document.links
                if place in (absolute(root, document.path, path) for path in file_paths(link.destination))
            ),
            None,
        )
        if link is None:
            return _renamed(snapshot, document, kept, gone)
        new = destination_of(document.path, f"{root}/{kept.path}", root, link.destination)
        after = relinked(document, link, new)
        if after is None:
            return None
        document = parse(document.path, after)
    return None


def _renamed(snapshot: Snapshot, document: Document, kept: Document, gone: Document) -> bytes:
    names = WikiNames(snapshot.documents)
    name = next(
        (each for each in (kept.name, kept.stem) if each and names.targets(each) == (kept.path,)), kept.stem
    )
    source = document.source
    for link in reversed(document.wiki_links):
        if names.targets(link.name) == (gone.path,):
            inner = source[link.span.start : link.span.end]
            at = inner.index(link.name.encode(), 2) if link.name.encode() in inner else -1
            if at >= 0:
                changed = inner[:at] + name.encode() + inner[at + len(link.name.encode()) :]
                source = source[: link.span.start] + changed + source[link.span.end :]
    old, new = (posixpath.basename(each.path).encode() for each in (gone, kept))
    return re.sub(rb"(?<![\w.-])" + re.escape(old) + rb"(?!\w)", lambda _: new, source)


def _is_lossless(before: Snapshot, after: Snapshot, kept: Document, gone: Document) -> bool:
    """Whether every line is still there, nothing leads nowhere, and all that was reached is reached."""
    texts = [document.source[document.body :].decode() for document in (kept, gone)]
    names = (posixpath.basename(gone.path), posixpath.basename(kept.path))
    lines = {_bare(line, names) for text in texts for line in _lines(text)}
    still = {_bare(line, names) for line in _lines(after.documents[kept.path].text)}
    known, answering = WikiNames(before.documents), WikiNames(after.documents)
    place = f"{before.store.root}/{gone.path}"
    for document in after.documents.values():
        if any(known.targets(link.name) and not answering.targets(link.name) for link in document.wiki_links):
            return False
        paths = (path for link in document.links for path in file_paths(link.destination))
        if any(absolute(before.store.root, document.path, path) == place for path in paths):
            return False
    return lines <= still and set(reachable(before)) - {gone.path} <= {*reachable(after)}


def _bare(line: str, names: tuple[str, str]) -> str:
    """A line without what its links lead to, and with one name for both files."""
    return _LEADING.sub("", line).replace(*names)
