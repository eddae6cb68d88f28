"""A document without what speaks of a subject, and nothing else changed."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from memoryd.domain.cutting import Replacement, cut
from memoryd.domain.document import Document, Link, Span, WikiLink
from memoryd.domain.markdown import parse
from memoryd.domain.pointing import is_leading
from memoryd.domain.subject import Subject
from memoryd.domain.units import Unit, units

_ROUNDS = 10  # what is left may speak of it again, now that its parts stand side by side
_EMPHASIS = re.compile(rb"[*_~]*")


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of a document that speaks of a subject.

    Attributes:
        what: As in `Unit`.
        line: Its first line, from 1.
        text: What stands there, white space as one space.
        exact: The text itself stands there, not only its words.
    """

    what: str
    line: int
    text: str
    exact: bool


def mentions(document: Document, subject: Subject, *, is_index: bool) -> tuple[Mention, ...]:
    """What speaks of a subject, and what only holds its words, in order."""
    known = units(document, is_index=is_index)
    exact = _exact(document, subject, known, is_index=is_index)
    if any(unit.what == "file" for unit in exact):
        exact = [unit for unit in exact if unit.what == "file"][:1]
    similar = [] if _whole(exact) else _similar(document, subject, known, exact, is_index=is_index)
    found = [(unit, unit in exact) for unit in dict.fromkeys([*exact, *similar])]
    return tuple(
        Mention(
            unit.what,
            document.position(unit.within.start).line,
            " ".join(document.slice(unit.within if unit.what == "section" else unit.span).split()),
            is_exact,
        )
        for unit, is_exact in sorted(found, key=lambda each: each[0].within)
    )


def without(document: Document, subject: Subject, *, is_index: bool, similar: bool = False) -> bytes | None:
    """The bytes of a document without what speaks of a subject; None where it goes as a whole.

    What speaks of it goes in the smallest part that makes sense without it: a list item with its
    children, a paragraph, a row, a line of code, a value of the front matter, the section under a
    heading; with the last of what stands below a heading goes the heading. A topic file of which the
    name or the title speaks of it goes whole, as does one of which nothing is left. Of a line of the
    index file that points at a topic file the pointer stays.

    Args:
        document: Valid UTF-8.
        subject: What is to be forgotten.
        is_index: Whether it is the index file, which always stays.
        similar: Whether what only holds the words of it goes as well.
    """
    had = bool(document.entries)
    for _ in range(_ROUNDS):
        known = units(document, is_index=is_index)
        going = _exact(document, subject, known, is_index=is_index)
        if similar and not _whole(going):
            going += _similar(document, subject, known, going, is_index=is_index)
        if _whole(going):
            return None
        if not going:
            break
        edits = [_edit(document, subject, unit, known, is_index=is_index) for unit in going]
        document = parse(document.path, cut(document, edits))
    return None if had and not document.entries and not is_index else document.source


def _line_end(source: bytes, at: int) -> int:
    return source.find(b"\n", at) + 1 or len(source)


def _whole(going: Iterable[Unit]) -> bool:
    return any(unit.what == "file" for unit in going)


def _exact(document: Document, subject: Subject, known: tuple[Unit, ...], *, is_index: bool) -> list[Unit]:
    """The parts in which the text itself stands."""
    text = document.text
    named = subject.spoken_of(document.path) or subject.spoken_of(document.name)
    found = [Unit("file", Span(0, 0), Span(0, len(document.source)))] * (named and not is_index)
    before, at = 0, 0
    for start, end in subject.find(text):
        at += len(text[before:start].encode())
        before = start
        match = Span(at, at + len(text[start:end].encode()))
        found += _around(document, match, known)
    return list(dict.fromkeys(found))


def _around(document: Document, match: Span, known: tuple[Unit, ...]) -> Iterator[Unit]:
    """The smallest part around a match; where there is none, what is around each line of it."""
    if unit := _smallest(match, known):
        yield unit
        return
    at = match.start
    while at < match.end:
        line = Span(document.source.rfind(b"\n", 0, at) + 1, _line_end(document.source, at))
        end = min(line.end, match.end)
        if stripped := document.source[at:end].rstrip():
            yield _smallest(Span(at, at + len(stripped)), known) or Unit("line", line, line)
        at = end


def _smallest(match: Span, known: tuple[Unit, ...]) -> Unit | None:
    return next((unit for unit in known if _contains(unit.within, match)), None)


def _contains(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _similar(
    document: Document, subject: Subject, known: tuple[Unit, ...], exact: list[Unit], *, is_index: bool
) -> list[Unit]:
    """The smallest parts in which all words of it stand."""
    found: list[Unit] = []
    if not is_index and subject.resembled_by(document.stem):
        found.append(Unit("file", Span(0, 0), Span(0, len(document.source))))
    if not subject.resembled_by(document.text):
        return found
    for unit in known:
        if any(_contains(unit.within, each.within) for each in (*exact, *found) if each.within.end):
            continue
        if any(_contains(each.span, unit.within) for each in exact):
            continue
        if subject.resembled_by(document.slice(unit.within)):
            found.append(unit)
    return found


def _edit(
    document: Document, subject: Subject, unit: Unit, known: tuple[Unit, ...], *, is_index: bool
) -> Replacement:
    """What goes with a part; of a pointer only what stands behind the link."""
    if is_index and unit.what == "entry":
        known_links: list[Link | WikiLink] = [*document.links, *document.wiki_links]
        links = [each for each in known_links if _contains(unit.span, each.span)]
        first = min(links, key=lambda link: link.span, default=None)
        if first and is_leading(document, first) and not subject.spoken_of(document.slice(first.span)):
            inner = (each.span.start for each in known if each.what == "entry" and each.span > unit.span)
            own = min([unit.span.end, *(start for start in inner if first.span.end < start)])
            ends = _EMPHASIS.match(document.source, first.span.end)
            start = ends.end() if ends else first.span.end
            rest = document.source[start:own].rstrip()
            if subject.spoken_of(rest.decode()) or subject.resembled_by(rest.decode()):
                pointer = document.source[first.span.start : start]
                return Replacement(Span(first.span.start, start + len(rest)), pointer)
    return Replacement(unit.span)
