"""Markdown to a `Document`, and to what else has to be told of a text."""

from collections.abc import Iterator

from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.layout import KINDS, whole_lines
from memoryd.domain.markdown.model import Block, BlockKind, Span
from memoryd.domain.markdown.parts import MARKDOWN, Parts, definitions


def parse(path: str, raw: bytes) -> Document:
    """Make a document of one file; any bytes are legal.

    Args:
        path: Relative to its store, forward slashes.
        raw: The bytes of the file.
    """
    undecodable = None
    source = raw
    try:
        raw.decode()
    except UnicodeDecodeError as error:
        undecodable = error.start
        source = raw.decode(errors="replace").encode()
    return Document(path, raw, source, undecodable, Parts(source))


def top_blocks(text: str) -> tuple[Block, ...]:
    """The top-level blocks of a text without front matter; spans are bytes in its UTF-8 form."""
    source = text.encode()
    blocks = []
    depth = 0
    for event, span in MARKDOWN.events_with_range(text):
        if isinstance(event, str):
            if event == "Rule" and not depth:
                blocks.append(Block(BlockKind.RULE, whole_lines(source, Span(span["start"], span["end"]))))
        elif "Start" in event:
            if not depth:
                value = event["Start"]
                kind = KINDS[value if isinstance(value, str) else next(iter(value))]
                blocks.append(Block(kind, whole_lines(source, Span(span["start"], span["end"]))))
            depth += 1
        elif "End" in event:
            depth -= 1
    return tuple(blocks)


def html_spans(text: str) -> Iterator[Span]:
    """Where raw HTML stands in a text without front matter, in order; bytes in its UTF-8 form."""
    for event, span in MARKDOWN.events_with_range(text):
        if isinstance(event, dict) and not event.keys().isdisjoint({"Html", "InlineHtml"}):
            yield Span(span["start"], span["end"])


def definition_spans(text: str) -> tuple[Span, ...]:
    """Where the link reference definitions of a text stand, sorted; bytes in its UTF-8 form."""
    return tuple(sorted(link.span for link in definitions(text, 0).values()))
