"""Removal of document parts, and of headings left empty."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Heading, Span
from memoryd.domain.markdown.pins import Spans
from memoryd.domain.markdown.positions import line_at
from memoryd.values import dataclass, regex

_BLANK = regex(rb"[ \t]*\r?\n")


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
    removed = Spans(whole)
    edits += [each for each in wanted if each.text and not removed.touch(each.span)]
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
    headings, removed = document.headings, Spans(gone)
    rest = _without(Span(document.body, len(document.source)), [*gone, *_spans(headings)])
    left = [span.start for span in rest if document.source[span.start : span.end].strip()]
    for number, section in enumerate(document.sections):
        heading, below = section.heading, Span(section.heading.span.end, section.span.end)
        if (not number and heading.level == 1) or not removed.touch(below):
            continue
        if bisect_left(left, below.start) == bisect_left(left, below.end):
            yield heading.span
            last = bisect_left(headings, below.end, key=lambda each: each.span.start)
            yield from _spans(headings[number + 1 : last])


def _blanks(source: bytes, gone: list[Span], body: int) -> Iterator[Span]:
    """Yield blank lines after removed parts that double others; at the end of the file, those before."""
    first = len(source) - len(source[body:].lstrip())  # offset of the first text
    for span in gone:
        end, blank = _blank_until(source, span.end), _blank_from(source, span.start, body)
        if end == len(source):
            if blank < span.start and first < span.start:
                yield Span(blank, span.start)
        elif first >= span.start or blank < span.start:
            yield Span(span.end, end)


def _blank_from(source: bytes, at: int, body: int) -> int:
    """Return the start of the blank lines that end at an offset; the first line of the body is none."""
    while True:
        start = source.rfind(b"\n", body, max(at - 1, body)) + 1
        if not start or not _BLANK.fullmatch(source, start, at):
            return at
        at = start


def _blank_until(source: bytes, at: int) -> int:
    """Return the end of the blank lines that begin at an offset."""
    while at < len(source):
        end = line_at(source, at).end
        if source[at:end].strip():
            return at
        at = end
    return at
