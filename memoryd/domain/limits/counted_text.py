"""What the limits count: a file decoded, stripped and trimmed, and the way back to its bytes."""

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from memoryd.domain.markdown.model import Block, BlockKind, Span
from memoryd.domain.markdown.parts import definition_spans, top_blocks
from memoryd.domain.stores.profiles import Profile
from memoryd.domain.text.utf16 import JS_SPACE, js_trim

_SPACE = f"[{JS_SPACE}]*"
_FRONT_MATTER_OPEN = re.compile(f"---{_SPACE}\n")
_FRONT_MATTER_CLOSE = re.compile(f"---{_SPACE}")  # the harness looks for it anywhere, even inside a line

_COMMENT_OPEN = re.compile(rb" {0,3}<!--")
_MAY_GO = re.compile(r"\n {0,3}(<!--|\[)")  # a comment or a link reference definition starts so
_LINE_END = re.compile(r"\n+")
_BLANK_LINE = re.compile(r"\n\n+")
_NEWLINES = re.compile(rb"\n*")
_LEAST_ITEM_INDENT = 2
_CODE_INDENT = 4
_CRLF = re.compile(rb"\r\n")


@dataclass(frozen=True, slots=True)
class CountedText:
    """The text that the limits are applied to.

    Attributes:
        text: The text itself.
        source: The file's text in UTF-8, nothing removed: the bytes of `Document.source`.
        body: Offset in `source` of the first byte after byte-order mark and removed front matter.
        unified: Whether the body's line ends became LF.
        removed: What was taken out of the body; bytes in the body after its line ends were unified.
        lead: Bytes of white space trimmed from the start of what was left.
    """

    text: str
    source: bytes
    body: int
    unified: bool
    removed: tuple[Span, ...]
    lead: int

    def source_offset(self, index: int) -> int:
        """Offset in `source`, in bytes, of the character at `index`, in code points."""
        at = self.lead + len(self.text[:index].encode())
        for span in self.removed:
            if span.start > at:
                break
            at += span.end - span.start
        if self.unified:
            for earlier, crlf in enumerate(_CRLF.finditer(self.source, self.body)):
                if crlf.start() - self.body - earlier >= at:
                    return self.body + at + earlier
            at += self.source.count(b"\r\n", self.body)
        return self.body + at


def counted_text(raw: bytes, profile: Profile) -> CountedText:
    """Decode, strip and trim a file as the harness does before it counts; any bytes are legal."""
    whole = raw.decode("utf-8", "replace")
    start = int(whole.startswith("\ufeff"))
    if profile.strips_front_matter:
        start = _after_front_matter(whole, start)
    text = whole[start:]
    removed: list[Span] = []
    unified = profile.strips_comments and "<!--" in text
    if unified:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        removed = _strippable(text)
        text = _without(text.encode(), removed).decode()
    trimmed = text.lstrip(JS_SPACE)
    return CountedText(
        text=js_trim(trimmed),
        source=whole.encode(),
        body=len(whole[:start].encode()),
        unified=unified,
        removed=tuple(removed),
        lead=len(text[: len(text) - len(trimmed)].encode()),
    )


def _after_front_matter(text: str, start: int) -> int:
    """Where the text after front matter at `start` begins; `start` itself where there is none."""
    opening = _FRONT_MATTER_OPEN.match(text, start)
    closing = opening and _FRONT_MATTER_CLOSE.search(text, opening.end())
    return closing.end() if closing else start


def _strippable(text: str) -> list[Span]:
    """What vanishes from a text with LF line ends: top-level comments and link reference definitions."""
    text = _parsed_part(text)
    if not text:
        return []
    source = text.encode()
    blocks = top_blocks(text)
    return sorted([*_comments(source, blocks), *_definitions(source, definition_spans(text), blocks)])


def _parsed_part(text: str) -> str:
    """The start of a text that holds all that may vanish, "" where nothing may.

    The parser is the slow part, and later lines do not change what it makes of these: a comment ends with
    its line, a definition at the latest before a blank line.
    """
    found = list(_MAY_GO.finditer("\n" + text))
    if not found:
        return ""
    last = found[-1]
    comment_end = text.find("-->", last.start()) if last[1] != "[" else -1
    end = _LINE_END.search(text, comment_end) if comment_end >= 0 else _BLANK_LINE.search(text, last.start())
    return text[: end.end()] if end else text


def _comments(source: bytes, blocks: tuple[Block, ...]) -> Iterator[Span]:
    paragraph_end = -1
    for block in blocks:
        span = _with_lines(source, block.span)
        if (
            block.kind is BlockKind.HTML
            and _COMMENT_OPEN.match(source, span.start)
            # Unlike CommonMark, the harness lets only an unindented comment interrupt a paragraph.
            and not (paragraph_end == span.start and source.startswith(b" ", span.start))
        ):
            yield from _comments_of_block(source, span)
        paragraph_end = block.span.end if block.kind is BlockKind.PARAGRAPH else -1


def _definitions(source: bytes, spans: tuple[Span, ...], blocks: tuple[Block, ...]) -> Iterator[Span]:
    lists = [block.span for block in blocks if block.kind is BlockKind.LIST]
    for span in spans:
        whole = _with_lines(source, span)
        before = bisect_right(lists, span) - 1
        # The parser's lists reach over a definition that follows them, so only its indentation tells
        # whether it belongs to an item. Behind a quote sign or a bullet it is not at top level either.
        in_list = before >= 0 and span.start < lists[before].end
        indent = source[whole.start : span.start]
        if not indent.strip(b" ") and len(indent) < (_LEAST_ITEM_INDENT if in_list else _CODE_INDENT):
            yield whole


def _comments_of_block(source: bytes, span: Span) -> Iterator[Span]:
    """The whole block with its line ends where comments are all it holds, else each of them alone."""
    comments = list(_closed_comments(source, span))
    rest = _without(
        source[span.start : span.end], [Span(c.start - span.start, c.end - span.start) for c in comments]
    )
    if comments and not js_trim(rest.decode()):
        yield span
    else:
        yield from comments


def _closed_comments(source: bytes, span: Span) -> Iterator[Span]:
    # Not a regular expression: many openings without an end would take it quadratic time.
    start = source.find(b"<!--", span.start, span.end)
    while start >= 0 and (close := source.find(b"-->", start + 4, span.end)) >= 0:
        yield Span(start, close + 3)
        start = source.find(b"<!--", close + 3, span.end)


def _with_lines(source: bytes, span: Span) -> Span:
    """A span from the start of its first line to after the newlines that follow it."""
    newlines = _NEWLINES.match(source, span.end)
    return Span(source.rfind(b"\n", 0, span.start) + 1, newlines.end() if newlines else span.end)


def _without(source: bytes, removed: Iterable[Span]) -> bytes:
    kept = []
    at = 0
    for span in removed:
        kept.append(source[at : span.start])
        at = span.end
    kept.append(source[at:])
    return b"".join(kept)
