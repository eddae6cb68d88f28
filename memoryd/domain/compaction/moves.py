"""Moving parts of an index file, verbatim, into topic files."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

from memoryd.domain.compaction.tidy import ATX
from memoryd.domain.links.names import Names
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.style import Style, file_for, stem_of, style_of

_BRACKETS = re.compile(rb"\[([^\[\]]+)\]")
_DEFINED = re.compile(rb"^ {0,3}\[([^\[\]]+)\]:", re.MULTILINE)
_ITEM = re.compile(r"\s*(?:[-*+]|\d+[.)])\s")


@dataclass(frozen=True, slots=True)
class Move:
    """Parts of the index file that go to one topic file.

    Attributes:
        spans: What moves, in order; bytes of the index file.
        path: The topic file, new or appended to.
        title: Heading of the new topic file and text of the link, as Markdown.
        hook: What the index line says of it.
        level: Level of the section's heading, which becomes the topic's title; 0 where the parts are
            entries and `title` becomes a heading above them.
    """

    spans: tuple[Span, ...]
    path: str
    title: str
    hook: str
    level: int


@dataclass(frozen=True, slots=True)
class Moved:
    """The first moves of a list, and how many steps there are in all."""

    moves: tuple[Move, ...]
    available: int


def first_of(moves: list[Move]) -> Callable[[int], Moved]:
    """The function that takes the first so many moves, -1 for all, in the order of the file."""

    def plan(count: int) -> Moved:
        chosen = moves if count < 0 else moves[:count]
        return Moved(tuple(sorted(chosen, key=lambda move: move.spans)), len(moves))

    return plan


def is_whole(index: Document, span: Span) -> bool:
    """Whether a part can be read alone: it defines nothing that is used outside, and has no footnotes."""
    if index.source.find(b"[^", span.start, span.end) >= 0:
        return False
    if not index.definitions:
        return True
    inside = index.source[span.start : span.end]
    outside = _labels(index.source[: span.start]) | _labels(index.source[span.end :])
    for label, definition in index.definitions.items():
        if span.start <= definition.span.start < span.end:
            if _folded(label) in outside:
                return False
        elif any(_folded(match[1].decode()) == _folded(label) for match in _DEFINED.finditer(inside)):
            return False  # of two definitions the first counts: alone, the second would come to life
    return True


def _labels(text: bytes) -> set[str]:
    """What stands in square brackets, as labels of references are compared."""
    return {_folded(match[1].decode(errors="replace")) for match in _BRACKETS.finditer(text)}


def _folded(label: str) -> str:
    return " ".join(label.split()).casefold()


def topic_path(title: str, snapshot: Snapshot, style: Style) -> str:
    """The topic file for a title that can be created or appended to."""
    unusable = {path for path, document in snapshot.documents.items() if document.undecodable is not None}
    unusable |= {unread.path for unread in snapshot.unread}
    stem = stem_of(title, style)
    for number in range(1, len(unusable) + 2):
        path = file_for(stem if number == 1 else f"{stem}{style.joint}{number}", snapshot)
        if path not in unusable:
            return path
    raise AssertionError("more names than unusable files were tried")


def carry_out(snapshot: Snapshot, moves: Iterable[Move]) -> dict[str, bytes]:
    """The new content of the index file and of each topic file that grows, by path."""
    index = snapshot.index
    if index is None:
        return {}
    chosen = tuple(moves)
    style = style_of(snapshot)
    files: dict[str, bytes] = {}
    for move in chosen:
        known = snapshot.documents.get(move.path)
        files[move.path] = _topic(index, move, style, files.get(move.path, known.raw if known else b""))
    files[index.path] = _rest(index, chosen, style, _linked(snapshot, index, chosen))
    return files


def _linked(snapshot: Snapshot, index: Document, moves: tuple[Move, ...]) -> set[str]:
    """Topic files that what stays in the index file links already."""
    names = Names(snapshot)
    edges = [0, *(edge for span in _all_spans(moves) for edge in (span.start, span.end)), len(index.source)]
    kept = (Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return {path for span in kept for path, _ in names.linked(index, span)}


def _all_spans(moves: Iterable[Move]) -> list[Span]:
    return sorted(span for move in moves for span in move.spans)


def _rest(index: Document, moves: tuple[Move, ...], style: Style, linked: set[str]) -> bytes:
    """The index file with one line where the first part of each move stood."""
    lines: dict[Span, bytes] = {}
    for move in sorted(moves, key=lambda move: move.spans[0]):
        if move.path not in linked:
            linked.add(move.path)
            lines[move.spans[0]] = (style.line(move.title, move.path, move.hook) + style.eol).encode()
    eol = style.eol.encode()
    result = b""
    end = 0
    for span in [*_all_spans(moves), Span(len(index.source), len(index.source))]:
        kept = index.source[end : span.start]
        if end and not kept.strip():
            kept = b""  # lines of neighbours stand together
        elif (
            end and not _ends_blank(result) and (_ends_blank(index.source[:end]) or _would_join(result, kept))
        ):
            result += eol
        result += kept
        if span in lines and result and not result.endswith(b"\n"):
            result += eol
        result += lines.get(span, b"")
        end = span.end
    return result


def _would_join(before: bytes, after: bytes) -> bool:
    """Whether a text would be read as the end of the list item before it."""
    last = before.rstrip(b"\r\n").rpartition(b"\n")[2].decode()
    line = after.partition(b"\n")[0].decode()
    return bool(_ITEM.match(last) and line.strip() and not _ITEM.match(line))


def _ends_blank(text: bytes) -> bool:
    return text.endswith((b"\n\n", b"\n\r\n"))


def _topic(index: Document, move: Move, style: Style, known: bytes) -> bytes:
    """The topic file with the moved parts at its end."""
    parts = [_verbatim(index, span, 0 if known else move.level) for span in move.spans]
    text = parts[0]
    for one, other in pairwise(parts):  # blocks that touch could be read as one
        text += other if _ITEM.match(one) and _ITEM.match(other) else "\n" + other
    missing = [definition for span in move.spans for definition in _definitions(index, span)]
    if missing:
        text += "\n" + "".join(dict.fromkeys(missing))
    if not known:
        title = "" if move.level else f"# {move.title}\n\n"
        stem = move.path.rpartition("/")[2].removesuffix(".md")
        return style.topic(stem, move.hook, (title + text).replace("\n", style.eol)).encode()
    eol = "\r\n" if b"\r\n" in known else "\n"
    gap = eol * (1 if known.endswith(b"\n") else 2)
    return known + (gap + text.replace("\n", eol)).encode()


def _verbatim(index: Document, span: Span, level: int) -> str:
    """A part of the index file with LF line ends; its headings moved up so that the first is of level 1."""
    text = index.source[span.start : span.end]
    for heading in reversed(index.headings):
        if level > 1 and span.start <= heading.span.start < span.end:
            at = heading.span.start - span.start
            if ATX.match(text[at:].partition(b"\n")[0].rstrip(b"\r")):  # else it is underlined by = or -
                text = text[:at] + text[at:].lstrip(b" ")[level - 1 :]
    return text.decode().replace("\r\n", "\n").rstrip("\n") + "\n"


def _definitions(index: Document, span: Span) -> list[str]:
    """Link reference definitions that a part uses and does not hold, as lines."""
    used = _labels(index.source[span.start : span.end])
    return [
        index.slice(definition.span).strip().replace("\r\n", "\n") + "\n"
        for label, definition in index.definitions.items()
        if _folded(label) in used and not span.start <= definition.span.start < span.end
    ]
