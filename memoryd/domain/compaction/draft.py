"""A store under compaction, with its derived values."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from memoryd.domain.compaction.parts.atoms import Atom, Node, sections_of, span_of
from memoryd.domain.compaction.parts.references import References
from memoryd.domain.compaction.parts.splits import Lines
from memoryd.domain.history.past import Past
from memoryd.domain.limits.budget import Budget, budget_of
from memoryd.domain.links.names import Names, Reach, names_of
from memoryd.domain.links.pointers import leads
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind, Entry, Span
from memoryd.domain.markdown.pins import pinned, touches
from memoryd.domain.stores.snapshot import Snapshot, keep_last
from memoryd.domain.stores.style import Style, style_of
from memoryd.values import dataclass

_GROUP = 3  # pointers that make a topic file an index of its own
_MOST_INTRODUCTION = 3  # lines


class PointerLists:
    """The topic files that hold mostly pointers, each counted once.

    Args:
        names: The ways to name the documents of their store.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._known: dict[str, bool] = {}

    def have(self, topic: Document) -> bool:
        """Return whether two thirds of the entries of a topic file lead to others."""
        if topic.path not in self._known:
            pointers = sum(leads(topic, each, self._names) for each in topic.entries)
            self._known[topic.path] = pointers * 3 >= len(topic.entries) * 2 > 0
        return self._known[topic.path]


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
        references: Its link references, by folded label.
        headings: The section with a heading that each entry is in; the whole file where there is none.
        pointers: The list items that lead to topic files.
        lists: Which topic files are lists of pointers themselves.
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
    references: References
    headings: Mapping[Atom, Node]
    pointers: frozenset[Atom]
    lists: PointerLists

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
        return self.references.is_closed(span) and not (isinstance(part, Atom) and self.leads_to_group(part))

    def leads_to_group(self, atom: Atom) -> bool:
        """Return whether an atom links a topic file that itself holds mostly pointers."""
        if atom not in self.pointers:
            return False
        for path, how in self.names.led_to(self.index, self.span(atom)):
            topic = self.snapshot.documents[path]
            is_other = how is Reach.LINK and path != self.index.path
            if is_other and len(topic.entries) >= _GROUP and self.lists.have(topic):
                return True
        return False

    def definitions(self, text: str) -> str:
        """Return the link reference definitions that a text uses and does not hold, after a blank line."""
        lines = [
            line
            for span in self.references.used_in(text.encode())
            if (line := self.index.slice(span).strip().replace("\r\n", "\n") + "\n") not in text
        ]
        return "\n" + "".join(dict.fromkeys(lines)) if lines else ""

    def _introduces(self, atom: Atom) -> bool:
        """Return whether an atom says what the whole file is."""
        is_first = bool(self.atoms) and atom == self.atoms[0] and len(self.atoms) > 1
        return is_first and atom.kind is BlockKind.PARAGRAPH and atom.end - atom.first <= _MOST_INTRODUCTION


@keep_last(4)  # S003, the plan and its proof ask for the same ones
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
    names, lines = names_of(snapshot), Lines(index.source)
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
        references=References(index),
        headings=headings,
        lists=PointerLists(names),
        pointers=frozenset(
            atom
            for atom in (headings if len(snapshot.documents) > 1 else ())
            if leads(index, Entry(atom.kind, span_of(lines, atom.first, atom.end)), names)
        ),
    )


@keep_last(4)
def shares_of(draft: Draft) -> Mapping[Atom, float]:
    """Return what each atom takes of the limit that it takes most of."""
    return {atom: draft.share(atom) for atom in draft.atoms}


def with_files(snapshot: Snapshot, files: Mapping[str, bytes]) -> Snapshot:
    """Return a store with other contents of some of its files, by path."""
    documents = dict(snapshot.documents) | {path: parse(path, raw) for path, raw in files.items()}
    return replace(snapshot, documents=dict(sorted(documents.items())))


def _headings(section: Node, heading: Node) -> Iterator[tuple[Atom, Node]]:
    for part in section.parts:
        if isinstance(part, Atom):
            yield part, heading
        else:
            yield from _headings(part, part if part.has_heading else heading)
