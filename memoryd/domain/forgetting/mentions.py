"""Mentions of a needle, and a document without them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator

from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.forgetting.removable import Nest, Removable, units
from memoryd.domain.links.pointers import is_leading
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import Link, Span, WikiLink
from memoryd.domain.removal.cut import Replacement, cut
from memoryd.values import dataclass, regex

_ROUNDS = 10  # the rest may match again once its parts are adjacent
_EMPHASIS = regex(rb"[*_~]*")


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of a document that mentions the needle.

    Attributes:
        what: Its kind, as in `Removable`.
        line: Its first line, from 1.
        lines: The number of lines to remove.
        text: Its text on one line.
        exact: It has the text itself, and not only its words.
    """

    what: str
    line: int
    lines: int
    text: str
    exact: bool


def mentions(document: Document, needle: Needle, *, is_index: bool) -> tuple[Mention, ...]:
    """Return the parts that mention a needle, and the parts that have only its words, in order."""
    known = units(document, is_index=is_index)
    exact = _exact(document, needle, known, is_index=is_index)
    if any(unit.what == "file" for unit in exact):
        exact = [unit for unit in exact if unit.what == "file"][:1]
    similar = [] if _whole(exact) else _similar(document, needle, known, exact, is_index=is_index)
    known_exact = set(exact)
    line, at = 1, 0
    found = []
    for unit in sorted({*exact, *similar}, key=lambda each: each.within):
        line += document.source.count(b"\n", at, unit.within.start)
        at = unit.within.start
        shown = unit.within if unit.what in {"section", "table"} else unit.span
        text = " ".join(document.slice(shown).split())
        lines = len(document.slice(unit.span).splitlines())
        found.append(Mention(unit.what, line, lines, text, unit in known_exact))
    return tuple(found)


def without(document: Document, needle: Needle, *, is_index: bool, similar: bool = False) -> bytes | None:
    """Return the bytes of a document without its mentions of a needle; None to remove it as a whole.

    A mention is removed with the smallest part that makes sense alone: a list item with its children, a
    paragraph, a row, a line of code, a value of the front matter, the section under a heading. A heading
    is removed with the last content below it. A topic file is removed as a whole if its name or title
    mentions the needle, or if nothing is left of it. A line of the index file keeps its pointer to a
    topic file.

    Args:
        document: Valid UTF-8.
        needle: The needle.
        is_index: Whether it is the index file, which is never removed.
        similar: Whether to remove parts that have only its words, too.
    """
    had = bool(document.entries)
    for _ in range(_ROUNDS):
        known = units(document, is_index=is_index)
        going = _exact(document, needle, known, is_index=is_index)
        if similar and not _whole(going):
            going += _similar(document, needle, known, going, is_index=is_index)
        if _whole(going):
            return None
        if not going:
            break
        pointers = _Pointers(document, needle, known) if is_index else None
        edits = [(pointers and pointers.kept(unit)) or Replacement(unit.span) for unit in going]
        document = parse(document.path, cut(document, edits))
    return None if had and not document.entries and not is_index else document.source


def _whole(going: Iterable[Removable]) -> bool:
    return any(unit.what == "file" for unit in going)


def _exact(
    document: Document, needle: Needle, known: tuple[Removable, ...], *, is_index: bool
) -> list[Removable]:
    """Return the parts that have the text itself."""
    text = document.text
    named = needle.is_in_text(document.path) or needle.is_in_text(document.name)
    found = [Removable("file", Span(0, 0), Span(0, len(document.source)))] * (named and not is_index)
    nest = Nest(known)
    before, at = 0, 0
    for start, end in needle.find(text):
        at += len(text[before:start].encode())
        before = start
        match = Span(at, at + len(text[start:end].encode()))
        found += _around(document, match, nest)
    return list(dict.fromkeys(found))


def _around(document: Document, match: Span, nest: Nest) -> Iterator[Removable]:
    """Yield the smallest part around a match; if there is none, the part around each of its lines."""
    if unit := next(nest.around(match), None):
        yield unit
        return
    at = match.start
    while at < match.end:
        line = document.line_at(at)
        end = min(line.end, match.end)
        if stripped := document.source[at:end].rstrip():
            yield next(nest.around(Span(at, at + len(stripped))), None) or Removable("line", line, line)
        at = end


def _similar(
    document: Document,
    needle: Needle,
    known: tuple[Removable, ...],
    exact: list[Removable],
    *,
    is_index: bool,
) -> list[Removable]:
    """Return the smallest parts that have all words of the needle."""
    found: list[Removable] = []
    if not is_index and needle.words_are_in_text(document.stem):
        found.append(Removable("file", Span(0, 0), Span(0, len(document.source))))
    if not needle.words_are_in_text(document.text):
        return found
    nest = Nest(known)
    holders: set[Removable] = set()  # units around parts that are removed already
    for each in (*exact, *found):
        if each.within.end:
            _take_in(nest, each.within, holders)
    going = _Going(each.span for each in exact)
    for unit in known:
        if (
            unit not in holders
            and unit.within not in going
            and needle.words_are_in_text(document.slice(unit.within))
        ):
            found.append(unit)
            _take_in(nest, unit.within, holders)
    return found


def _take_in(nest: Nest, span: Span, holders: set[Removable]) -> None:
    """Add the units around a span; a known one implies those around it."""
    for unit in nest.around(span):
        if unit in holders:
            return
        holders.add(unit)


class _Going:
    """Parts of a document that are removed already."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans: list[Span] = []
        for span in sorted(spans, key=lambda each: (each.start, -each.end)):
            if not self._spans or span.end > self._spans[-1].end:
                self._spans.append(span)

    def __contains__(self, span: Span) -> bool:
        number = bisect_right(self._spans, span.start, key=lambda each: each.start) - 1
        return number >= 0 and span.end <= self._spans[number].end


class _Pointers:
    """The lines of an index file that point at topic files, whose pointers are kept."""

    def __init__(self, document: Document, needle: Needle, known: tuple[Removable, ...]) -> None:
        self._document = document
        self._subject = needle
        links: list[Link | WikiLink] = [*document.links, *document.wiki_links]
        self._links = sorted(links, key=lambda link: link.span)
        self._entries = sorted(unit.span.start for unit in known if unit.what == "entry")

    def kept(self, unit: Removable) -> Replacement | None:
        """Return the link of an entry, if only the text after it is to be removed; else None."""
        document, needle = self._document, self._subject
        if unit.what != "entry":
            return None
        number = bisect_left(self._links, unit.span.start, key=lambda link: link.span.start)
        first = self._links[number] if number < len(self._links) else None
        if not first or first.span.end > unit.span.end or not is_leading(document, first):
            return None
        if needle.is_in_text(document.slice(first.span)):
            return None
        number = bisect_right(self._entries, first.span.end)
        own = min([unit.span.end, *self._entries[number : number + 1]])
        ends = _EMPHASIS.match(document.source, first.span.end)
        start = ends.end() if ends else first.span.end
        rest = document.source[start:own].rstrip()
        if not (needle.is_in_text(rest.decode()) or needle.words_are_in_text(rest.decode())):
            return None
        pointer = document.source[first.span.start : start]
        return Replacement(Span(first.span.start, start + len(rest)), pointer)
