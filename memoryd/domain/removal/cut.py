"""Cutting parts out of a document: nothing else of it changes, and no empty heading stays behind."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Heading, Span
from memoryd.domain.markdown.positions import line_at

_BLANK_END = re.compile(rb"\n(?P<lines>(?>(?:[ \t]*\r?\n)+))\Z")


@dataclass(frozen=True, slots=True, order=True)
class Replacement:
    """What stands in the place of a part of a document: nothing, where whole lines go."""

    span: Span
    text: bytes = b""


def cut(document: Document, replacements: Iterable[Replacement]) -> bytes:
    """The bytes of a document without some of its parts.

    With the last of what stands below a heading goes the heading, but for the title of the file; with what
    stood between blank lines go those that would be one too many.
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
    """Whether a document says nothing any more without some of its parts: only headings stay."""
    left = _without(Span(document.body, len(document.source)), [*spans, *_spans(document.headings)])
    return not any(document.source[span.start : span.end].strip() for span in left)


def _spans(parts: Iterable[Replacement | Heading]) -> list[Span]:
    return [part.span for part in parts]


def _merged(spans: list[Span]) -> list[Span]:
    """Spans in order, those that touch or overlap made one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and span.start <= merged[-1].end:
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return merged


def _joined(source: bytes, spans: list[Span]) -> list[Span]:
    """Spans in order, those with nothing but blank lines between them made one."""
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
    """What is left of a span without others."""
    at = whole.start
    for span in _merged([each for each in spans if each.start < whole.end and whole.start < each.end]):
        if span.start > at:
            yield Span(at, span.start)
        at = max(at, span.end)
    if at < whole.end:
        yield Span(at, whole.end)


def _emptied(document: Document, gone: list[Span]) -> Iterator[Span]:
    """The headings below which everything goes, where there was something."""
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
    """Blank lines behind parts that go, where such stand before too; at the end of the file, those before."""
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
    """The end of the blank lines that begin at an offset."""
    while at < len(source):
        end = line_at(source, at).end
        if source[at:end].strip():
            return at
        at = end
    return at
