"""A store under compaction, with its derived values."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from memoryd.domain.compaction.parts.atoms import Atom, Node, sections_of, span_of
from memoryd.domain.compaction.parts.splits import Lines
from memoryd.domain.history.past import Past
from memoryd.domain.limits.budget import Budget, budget_of
from memoryd.domain.links.names import Names, Reach
from memoryd.domain.links.pointers import leads
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind, Entry, Span
from memoryd.domain.markdown.parts import fold_label
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.style import Style, style_of

_BRACKETS = re.compile(rb"\[([^\[\]]+)\]")
_DEFINED = re.compile(rb"^ {0,3}\[([^\[\]]+)\]:", re.MULTILINE)
_GROUP = 3  # pointers that make a topic file an index of its own
_MOST_INTRODUCTION = 3  # lines


@dataclass(frozen=True, slots=True)
class Draft:
    """A store under compaction.

    Attributes:
        snapshot: The store.
        past: What is known of the past of its index file.
        budget: What the index file takes.
        lines: The lines of the index file.
        root: Its sections and atoms.
        atoms: All atoms, in order.
        names: The ways to name the documents of the store.
        pins: Parts that stay where they are.
        style: How the store writes.
        labels: Folded labels of link references, with the offset of each use; empty without definitions.
        headings: The section with a heading that each entry is in; the whole file where there is none.
        pointers: The list items that lead to topic files.
    """

    snapshot: Snapshot
    past: Past
    budget: Budget
    lines: Lines
    root: Node
    atoms: tuple[Atom, ...]
    names: Names
    pins: tuple[Span, ...]
    style: Style
    labels: tuple[tuple[str, int], ...]
    headings: Mapping[Atom, Node]
    pointers: frozenset[Atom]

    @property
    def index(self) -> Document:
        """The index file."""
        return self.budget.index

    def span(self, part: Atom | Node) -> Span:
        """Return the bytes of an atom or section."""
        return span_of(self.lines, part.first, part.end)

    def text(self, part: Atom | Node) -> str:
        """Return the text of an atom or section."""
        return self.lines.text(part.first, part.end)

    def share(self, part: Atom | Node) -> float:
        """Return what a part takes of the limit that it takes most of."""
        profile = self.budget.profile
        lines = (part.end - part.first) / profile.max_lines if profile.max_lines else 0.0
        units = profile.unit.size(self.text(part)) / profile.max_units if profile.max_units else 0.0
        return max(lines, units)

    def can_move(self, part: Atom | Node) -> bool:
        """Return whether a part can be read alone, elsewhere: not pinned, and no half of a reference."""
        span = self.span(part)
        if touches(span, self.pins) or self.index.source.find(b"[^", span.start, span.end) >= 0:
            return False
        if isinstance(part, Atom) and (part.kind is BlockKind.FOOTNOTE or self._introduces(part)):
            return False
        return self._is_closed(span) and not (isinstance(part, Atom) and self.leads_to_group(part))

    def leads_to_group(self, atom: Atom) -> bool:
        """Return whether an atom links a topic file that itself holds mostly pointers."""
        if atom not in self.pointers:
            return False
        for path, how in self.names.led_to(self.index, self.span(atom)):
            topic = self.snapshot.documents[path]
            if how is Reach.LINK and path != self.index.path and len(topic.entries) >= _GROUP:
                pointers = sum(leads(topic, each, self.names) for each in topic.entries)
                if pointers * 3 >= len(topic.entries) * 2:
                    return True
        return False

    def definitions(self, text: str) -> str:
        """Return the link reference definitions that a text uses and does not hold, after a blank line."""
        if not self.labels:
            return ""
        used = {label for label, _ in labels(text.encode())}
        lines = [
            line
            for label, definition in self.index.definitions.items()
            if fold_label(label) in used
            and (line := self.index.slice(definition.span).strip().replace("\r\n", "\n") + "\n") not in text
        ]
        return "\n" + "".join(dict.fromkeys(lines)) if lines else ""

    def _introduces(self, atom: Atom) -> bool:
        """Return whether an atom says what the whole file is."""
        is_first = bool(self.atoms) and atom == self.atoms[0] and len(self.atoms) > 1
        return is_first and atom.kind is BlockKind.PARAGRAPH and atom.end - atom.first <= _MOST_INTRODUCTION

    def _is_closed(self, span: Span) -> bool:
        """Return whether no link reference of a part is defined in one place and used in another."""
        if not self.labels:
            return True
        inside = self.index.source[span.start : span.end]
        uses = Counter(label for label, at in self.labels if not span.start <= at < span.end)
        for label, definition in self.index.definitions.items():
            if span.start <= definition.span.start < span.end:
                if uses[fold_label(label)]:
                    return False
            elif any(
                fold_label(match[1].decode()) == fold_label(label) for match in _DEFINED.finditer(inside)
            ):
                return False  # of two definitions the first counts: alone, the second would come to life
        return True


def draft_of(snapshot: Snapshot, past: Past, *, whole_blocks: bool = False) -> Draft | None:
    """Return the draft of a store; None where it has no index file.

    Args:
        snapshot: The store.
        past: What is known of the past of its index file.
        whole_blocks: Split no block but lists.
    """
    budget = budget_of(snapshot)
    if budget is None:
        return None
    index = budget.index
    root = sections_of(index, whole_blocks=whole_blocks)
    headings = dict(_headings(root, root))
    names, lines = Names(snapshot), Lines(index.source)
    return Draft(
        snapshot=snapshot,
        past=past,
        budget=budget,
        lines=lines,
        root=root,
        atoms=tuple(headings),
        names=names,
        pins=pinned(index),
        style=style_of(snapshot),
        labels=tuple(labels(index.source)) if index.definitions else (),
        headings=headings,
        pointers=frozenset(
            atom
            for atom in (headings if len(snapshot.documents) > 1 else ())
            if leads(index, Entry(atom.kind, span_of(lines, atom.first, atom.end)), names)
        ),
    )


def with_files(snapshot: Snapshot, files: Mapping[str, bytes]) -> Snapshot:
    """Return a store with other contents of some of its files, by path."""
    documents = dict(snapshot.documents) | {path: parse(path, raw) for path, raw in files.items()}
    return replace(snapshot, documents=dict(sorted(documents.items())))


def labels(text: bytes) -> list[tuple[str, int]]:
    """Return what is in square brackets, folded as labels of references are compared, and its offset."""
    return [
        (fold_label(match[1].decode(errors="replace")), match.start()) for match in _BRACKETS.finditer(text)
    ]


def _headings(section: Node, heading: Node) -> Iterator[tuple[Atom, Node]]:
    for part in section.parts:
        if isinstance(part, Atom):
            yield part, heading
        else:
            yield from _headings(part, part if part.has_heading else heading)
