"""Removal of document parts, and of headings left empty."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Heading, Span
from memoryd.domain.markdown.positions import line_at

_BLANK_END = re.compile(rb"\n(?P<lines>(?>(?:[ \t]*\r?\n)+))\Z")


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """The new text for a part of a document; empty for lines that are removed."""

    span: Span
    text: bytes = b""


def cut(document: Document, replacements: Iterable[Replacement]) -> bytes:
    """Return the bytes of a document without some of its parts.

    A heading is removed with the last content below it, except the title of the file. Of blank lines before
    and after a removed part, one run is kept.
    """
    wanted = list(replacements)
    gone = _merged([each.span for each in wanted if not each.text])
    headings = [Replacement(span) for span in _emptied(document, gone)]
    source = document.source
    lines = _joined(source, _merged([*gone, *_spans(headings)]))
    whole = _merged([*lines, *_blanks(source, lines, document.body)])
    edits = [Replacement(span) for span in whole]
    edits += [each for each in wanted if each.text and not _covers(whole, each.span)]
    out, at = [], 0
    for edit in sorted(edits):
        if edit.span.start >= at:
            out += [source[at : edit.span.start], edit.text]
            at = edit.span.end
    return b"".join([*out, source[at:]])


def is_emptied(document: Document, spans: Iterable[Span]) -> bool:
    """Return whether a document without some of its parts has only headings left."""
    left = _without(Span(document.body, len(document.source)), [*spans, *_spans(document.headings)])
    return not any(document.source[span.start : span.end].strip() for span in left)


def _spans(parts: Iterable[Replacement | Heading]) -> list[Span]:
    return [part.span for part in parts]


def _merged(spans: list[Span]) -> list[Span]:
    """Return spans in order, with adjacent and overlapping ones merged."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _joined(source: bytes, spans: list[Span]) -> list[Span]:
    """Return spans in order, with those that only blank lines separate merged."""
    joined: list[Span] = []
    for span in spans:
        if joined and not source[joined[-1].end : span.start].strip():
            joined[-1] = Span(joined[-1].start, span.end)
        else:
            joined.append(span)
    return joined


def _covers(spans: list[Span], part: Span) -> bool:
    return any(span.start < part.end and part.start < span.end for span in spans)


def _without(whole: Span, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the rest of a span without others."""
    at = whole.start
    for span in _merged([each for each in spans if each.start < whole.end and whole.start < each.end]):
        if span.start > at:
            yield Span(at, span.start)
        at = max(at, span.end)
    if at < whole.end:
        yield Span(at, whole.end)


def _emptied(document: Document, gone: list[Span]) -> Iterator[Span]:
    """Yield the headings whose whole non-empty section is removed."""
    headings = document.headings
    for number, section in enumerate(document.sections):
        heading, below = section.heading, Span(section.heading.span.end, section.span.end)
        if (not number and heading.level == 1) or not _covers(gone, below):
            continue
        left = _without(below, [*gone, *(each.span for each in headings[number + 1 :])])
        if not any(document.source[span.start : span.end].strip() for span in left):
            inner = (each.span for each in headings[number + 1 :] if each.span.start < below.end)
            yield from (heading.span, *inner)


def _blanks(source: bytes, gone: list[Span], body: int) -> Iterator[Span]:
    """Yield blank lines after removed parts that double others; at the end of the file, those before."""
    for span in gone:
        end = _blank_until(source, span.end)
        before = source[body : span.start]
        if end == len(source):
            blank = _BLANK_END.search(before)
            if blank and before.strip():
                yield Span(body + blank.start("lines"), span.start)
        elif not before.strip() or _BLANK_END.search(before):
            yield Span(span.end, end)


def _blank_until(source: bytes, at: int) -> int:
    """Return the end of the blank lines that begin at an offset."""
    while at < len(source):
        end = line_at(source, at).end
        if source[at:end].strip():
            return at
        at = end
    return at
