"""Passages worth comparing: entries and paragraphs, without pointers."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import field
from functools import lru_cache
from sys import intern
from typing import Any

from memoryd.domain.duplicates.markup import plain
from memoryd.domain.duplicates.words import LONGEST, Words, words_of
from memoryd.domain.links.names import names_of
from memoryd.domain.links.pointers import is_leading, leads
from memoryd.domain.markdown.document import Document, kept
from memoryd.domain.markdown.model import BlockKind, Entry, Link, Span, WikiLink
from memoryd.domain.stores.filenames import is_about_files, is_dated, is_instruction
from memoryd.domain.stores.leftovers import original
from memoryd.domain.stores.snapshot import Snapshot, keep_last
from memoryd.values import dataclass, regex

_KINDS = frozenset({BlockKind.LIST, BlockKind.PARAGRAPH})  # quotations are the words of others
_FIELD = regex(
    r"(?:why|how to apply|last \w+|updated|created|reviewed|date|status|owner|source|author|see also|related|"
    r"result|verdict)\b[^:.]{0,20}:",
    re.IGNORECASE,
)
_STEP = regex(r"\s*\d{1,9}[.)]\s")
_LABEL = regex(
    r"\s*(?:[-*+]\s+|\d{1,9}[.)]\s+)?(?:[*_]{2})?(`[^`\n]+`(?:\s*\([^()\n]*\))?|[^\s:：`*_][^:：.`*\n]{0,30})"
    r"(?:[*_]{2})?\s*[:：]"
)
_CLAUSE = regex(
    r"\W*(?:§+|art(?:icle|ikel|ículo|icolo|igo)?\.?|section|sec\.|\(?\d{1,4}(?:\.\d+)*[.)])\s", re.IGNORECASE
)
_CLAUSES = 10  # entries of a source
_SOURCE = 15_000  # bytes of a long source
READ = 120
"""Characters of a passage that are checked for a field or a label."""
OPENS = (":", "：", ":**", ":*", "**:")
"""Ends of a line that introduces the text below it."""


_Found = tuple[Span, tuple[str, ...], int, Words]


@dataclass(frozen=True, slots=True)
class Note:
    """One entry or paragraph.

    Attributes:
        root: Absolute path of the store, or directory, that the path of the document is relative to.
        document: Its file.
        span: Its whole lines.
        section: The headings above it.
        block: Start of its list; -1 for text.
        words: Its words.
    """

    root: str
    document: Document
    span: Span
    section: tuple[str, ...]
    block: int
    words: Words = field(compare=False)

    def __hash__(self) -> int:
        return hash((self.document.path, self.span))  # that of all fields takes ten times as long

    @property
    def path(self) -> str:
        """Absolute path of its file."""
        return f"{self.root}/{self.document.path}"

    @property
    def text(self) -> str:
        """Its text."""
        return self.document.slice(self.span)

    @property
    def heading(self) -> tuple[str, ...]:
        """The headings above it, without the title of the file."""
        first = self.document.headings[:1]
        is_titled = bool(first) and first[0].level == 1 and self.section[:1] == (first[0].text,)
        return self.section[is_titled:]

    @property
    def lead(self) -> str:
        """The line before its list that introduces the list, or ""."""
        blocks = self.document.blocks
        at = bisect_right(blocks, self.block, key=lambda block: block.span.start) - 1
        if self.block < 0 or at < 1 or blocks[at - 1].kind is not BlockKind.PARAGRAPH:
            return ""
        text = self.document.slice(blocks[at - 1].span).rstrip()
        return text.rpartition("\n")[2] if text.endswith(OPENS) else ""

    @property
    def is_step(self) -> bool:
        """Return whether it is an item of a numbered list, in which a repetition is another step."""
        return self.block >= 0 and bool(_STEP.match(self.text))


@keep_last(4)  # every rule asks for them
def passages_of(snapshot: Snapshot) -> tuple[Note, ...]:
    """Return the passages of a store, in the order of its documents.

    Logs named by their date are skipped, since they describe the state of a day, and copies that other
    programs left behind, which have a finding of their own.
    """
    names = names_of(snapshot)
    index_name = snapshot.store.profile.index_name
    return tuple(
        passage
        for document in snapshot.documents.values()
        if not is_left_out(document)
        and not is_reference(document)
        and not original(document.path, snapshot.documents, index_name)
        for passage in passages_in(snapshot.store.root, document)
        if document.path != index_name or not leads(document, Entry(BlockKind.LIST, passage.span), names)
    )


def is_left_out(document: Document) -> bool:
    """Return whether a file is a dated log, a README or a template, another agent's, or cannot be read.

    Instructions in a sub-directory are those of another agent.
    """
    path = document.path
    is_others = "/" in path and is_instruction(path)
    return is_others or is_dated(path) or is_about_files(path) or document.undecodable is not None


def is_reference(document: Document) -> bool:
    """Return whether a file is a source rather than a note: it is compared as a whole, not by passages.

    A source is in a sub-directory, has no front matter, and is long or consists of numbered clauses
    and quotations.
    """
    if "/" not in document.path or document.front_matter:
        return False
    if len(document.source) >= _SOURCE:
        return True
    entries = document.entries
    clauses = sum(
        entry.kind is BlockKind.QUOTE or bool(_CLAUSE.match(document.slice(entry.span)[:READ]))
        for entry in entries
    )
    return len(entries) >= _CLAUSES and clauses * 2 >= len(entries)


def is_record(passage: Note) -> bool:
    """Return whether a passage is a field of the note around it, such as its reason or review date."""
    return _is_field(passage.text[:READ])


@lru_cache(maxsize=4096)  # a note may be in thousands of pairs
def _is_field(text: str) -> bool:
    return bool(_FIELD.match(plain(text).strip()))


def label_of(passage: Note) -> str:
    """Return the label that a passage begins with, up to its colon, with backticks; "" if there is none."""
    return label_in(passage.text[:READ])


def label_in(text: str) -> str:
    """Return the label that a line begins with, up to its colon, with backticks; "" if there is none."""
    label = _LABEL.match(text)
    return label[1] if label else ""


@lru_cache(maxsize=4096)  # every rule asks for them
def passages_in(root: str, document: Document) -> tuple[Note, ...]:
    """Return the passages of one document."""
    return read_passages(root, document)


def read_passages(root: str, document: Document) -> tuple[Note, ...]:
    """Return the passages of a document that will change; they are not kept."""
    return tuple(Note(root, document, *found) for found in _within(document))


def _packed(found: tuple[_Found, ...]) -> list[object]:
    return [
        (
            span,
            section,
            block,
            words.tokens,
            list(words.names),
            words.ends,
            list(words.features),
            words.negations,
        )
        for span, section, block, words in found
    ]


def _unpacked(document: Document, packed: list[Any]) -> tuple[_Found, ...]:
    found = []
    for (start, end), section, block, tokens, names, ends, features, negations in packed:
        text = document.source[start:end].decode()[:LONGEST]
        words = Words(
            tuple(map(intern, tokens)),
            frozenset(names),
            tuple(ends),
            frozenset(map(intern, features)),
            negations,
            text,
        )
        found.append((Span(start, end), tuple(section), block, words))
    return tuple(found)


@kept("notes", _packed, _unpacked, is_large=True)
def _within(document: Document) -> tuple[_Found, ...]:
    return tuple(_read(document))


def _read(document: Document) -> Iterator[_Found]:
    blocks = [block.span.start for block in document.blocks]
    links: tuple[Link | WikiLink, ...] = (*document.links, *document.wiki_links)
    leading = sorted(link.span.start for link in links if is_leading(document, link))
    begins = [section.span.start for section in document.sections]
    headings = [
        tuple(each.text for each in (*section.above, section.heading)) for section in document.sections
    ]
    for entry in document.entries:
        if entry.kind not in _KINDS:
            continue
        text = document.slice(entry.span)
        if text.rstrip().endswith(OPENS) or _is_any_in(leading, entry.span):
            continue
        words = words_of(text)
        if not words.tokens:
            continue
        section = bisect_right(begins, entry.span.start) - 1
        block = blocks[bisect_right(blocks, entry.span.start) - 1] if entry.kind is BlockKind.LIST else -1
        yield entry.span, headings[section] if section >= 0 else (), block, words


def _is_any_in(offsets: list[int], span: Span) -> bool:
    """Return whether one of sorted offsets is in a span."""
    first = bisect_left(offsets, span.start)
    return first < len(offsets) and offsets[first] < span.end
