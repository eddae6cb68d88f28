"""Parts of two files by heading, and their union."""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile

from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.frontmatter import BOM
from memoryd.domain.markdown.model import Block, BlockKind, Span
from memoryd.values import dataclass, regex

_NUMBERED = regex(r"\s*\d{1,9}[.)]\s")
_RULED = regex(r"^#{1,6}[ \t]+|[ \t]+#+$|\n[=-]+$")  # heading syntax
_ITEM = regex(r"\s*[-*+]\s")
# A line that introduces what follows: it ends with a colon, or is bold as a whole.
_OPENING = regex(r".*[:：][*_`]{0,3}\s*|\s*(\*\*|__)(?:(?!\1).)+\1\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Part:
    """An indivisible part: an entry with its children, a numbered list, a paragraph, a table, a code block.

    Attributes:
        above: The texts of the headings above it, without the title of the file.
        opening: The line before it that introduces it, or "".
        text: Its text, with LF.
        is_item: Whether it is an item of a list without numbers.
    """

    above: tuple[str, ...]
    opening: str
    text: str
    is_item: bool = False


def parts_of(document: Document) -> tuple[Part, ...]:
    """Return the parts of a file, in order."""
    return tuple(_parts(document, title_of(document)))


def title_of(document: Document) -> str:
    """Return the first heading if it is the title of the file, else ""."""
    first = document.headings[:1]
    return _text(document, first[0].span).strip() if first and first[0].level == 1 else ""


def _parts(document: Document, title: str) -> Iterator[Part]:
    sections = {section.span.start: section for section in document.sections}
    starts = [entry.span.start for entry in document.entries]
    above: tuple[str, ...] = ()
    opening = ""
    for block in document.blocks:
        if section := sections.get(block.span.start):
            headings = (*section.above, section.heading)
            texts = (_text(document, heading.span).strip() for heading in headings)
            above = tuple(text for text in texts if text != title)
            opening = ""
            continue
        if block.kind is BlockKind.PARAGRAPH:
            opening = ""
        for span in _spans(document, block, starts):
            text = _text(document, span)
            is_item = block.kind is BlockKind.LIST and bool(_ITEM.match(text))
            yield Part(above, opening, text, is_item)
            if block.kind is BlockKind.PARAGRAPH and _OPENING.fullmatch(text):
                opening = text


def _spans(document: Document, block: Block, starts: list[int]) -> Iterator[Span]:
    """Yield the items of a list, or a numbered list and any other block as a whole."""
    if block.kind is not BlockKind.LIST or _NUMBERED.match(document.slice(block.span)):
        yield block.span
        return
    at = bisect_left(starts, block.span.start)
    while at < len(starts) and starts[at] < block.span.end:
        yield document.entries[at].span
        at += 1


def _text(document: Document, span: Span) -> str:
    text = document.slice(span).replace("\r\n", "\n").removeprefix(BOM.decode())
    return "\n".join(line.rstrip() for line in text.strip("\n").split("\n")).rstrip()


def joined(kept: Document, gone: Document, told: tuple[str, ...]) -> bytes | None:
    """Return the kept file with the parts that only the other one has; None if a part would change.

    Parts without a heading go before the first heading, the others to the end, below all their headings.

    Args:
        kept: The file that stays.
        gone: The file that is removed.
        told: Further lines to add.
    """
    known, own = set(parts_of(kept)), parts_of(gone)
    fresh = [part for part in own if part not in known]
    if 2 * sum(len(part.text) for part in fresh) > sum(len(part.text) for part in own):
        return None
    title = title_of(gone)
    below = (title,) if title and title != title_of(kept) else ()
    first = [] if below else [part for part in fresh if not part.above]
    last = [part for part in fresh if part not in first]
    if below and not last:  # its title is kept even without a part to go below it
        told = (_RULED.sub("", title), *told)
    top = _written([*(Part((), "", text) for text in told), *first], ())
    raw = _placed(kept, top, _written(last, below))
    after = parse(kept.path, raw)
    there = set(parts_of(after))
    titles = (_RULED.sub("", _text(gone, heading.span).strip()) for heading in gone.headings)
    if not known <= there or any(text not in after.text for text in titles):
        return None
    ways = ((part, replace(part, above=(*below, *part.above))) for part in fresh)
    return raw if all(not there.isdisjoint(way) for way in ways) else None


def _written(parts: list[Part], below: tuple[str, ...]) -> str:
    """Return parts as text, each below its headings; items of one list without blank lines between them."""
    text, opening, is_item = "", "", False
    path: tuple[str, ...] = ()
    for part in parts:
        above = (*below, *part.above)
        if above != path:
            shared = sum(
                1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(path, above, strict=False))
            )
            text += "".join(f"\n\n{heading}" for heading in above[min(shared, len(above) - 1) :])
            path, opening, is_item = above, "", False
        if part.opening != opening and part.opening:
            text += f"\n\n{part.opening}"
            is_item = False
        text += ("\n" if is_item and part.is_item else "\n\n") + part.text
        opening = part.text if _OPENING.fullmatch(part.text) else part.opening
        is_item = part.is_item
    return text.strip("\n")


def _placed(kept: Document, top: str, end: str) -> bytes:
    """Return the kept file with a text before its first section, and one at its end."""
    eol = "\r\n" if b"\r\n" in kept.source else "\n"
    raw, headings = kept.raw, kept.headings[bool(title_of(kept)) :]
    if top and headings:
        at = headings[0].span.start
        before = raw[kept.body : at].rstrip(b"\r\n")
        gap = "\n\n" if before else ""
        added = f"{gap}{top}\n\n".replace("\n", eol).encode()
        raw = raw[: kept.body] + before + added + raw[at:]
        top = ""
    text = "\n\n".join(filter(None, (top, end)))
    return raw.rstrip(b"\r\n") + f"\n\n{text}\n".replace("\n", eol).encode() if text else raw
