"""Three-way merge of a memory file by entry."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from memoryd.domain.markdown import frontmatter
from memoryd.domain.merging import fields
from memoryd.domain.merging.absorbed import separate
from memoryd.domain.merging.form import Form, read_form
from memoryd.domain.merging.joints import gap_between
from memoryd.domain.merging.matches import is_telling, match, match_added
from memoryd.domain.merging.order import MergeNode, Order
from memoryd.domain.merging.units import MergeUnit, split
from memoryd.domain.merging.versions import Doubt, Outcome, resolve
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class MergedFile:
    """A merged file.

    Attributes:
        content: Its bytes; line ends, byte-order mark and last line end are as in our version.
        conflicts: How many contradictions are between markers, of a strict merge.
        doubts: Lines of the content, from 1, that a person may want to look at, and why.
        keys: Keys of the front matter that both sides changed, where only our value stayed.
    """

    content: bytes
    conflicts: int = 0
    doubts: tuple[tuple[int, Doubt], ...] = ()
    keys: tuple[str, ...] = ()


def merge_file(base: bytes, ours: bytes, theirs: bytes, *, strict: bool = False) -> MergedFile:
    """Merge two versions of a Markdown file that were made from a third one.

    Entries are compared as wholes: what one side removed and the other left alone is gone, what a side
    added or edited stays. Our order stays, and what they added follows the entry that it follows there.

    Args:
        base: The common ancestor; empty if there is none.
        ours: One version.
        theirs: The other one.
        strict: Put markers around what both sides edited differently, instead of keeping both.
    """
    form = read_form(ours or theirs)
    texts = [read_form(raw).plain(raw) for raw in (base, ours, theirs)]
    if quick := _unchanged(*texts):
        return MergedFile(form.apply(quick[0]))
    heads, bodies = zip(*(_parted(text) for text in texts), strict=True)
    head = fields.merge(*heads, strict=strict)
    merge = _Merge([split(body) for body in bodies], strict=strict)
    return merge.finish(form, head)


def _unchanged(base: bytes, ours: bytes, theirs: bytes) -> tuple[bytes] | None:
    """Return the merged text, if at most one side changed anything."""
    if ours in (base, theirs):
        return (theirs,)
    return (ours,) if theirs == base else None


def _parted(text: bytes) -> tuple[bytes, bytes]:
    """Return the front matter of a text, and the rest."""
    found = frontmatter.read(text)
    end = found.span.end if found else 0
    return text[:end], text[end:]


class _Merge:
    """The merge of the units of three versions."""

    def __init__(self, versions: list[tuple[list[MergeUnit], bytes]], *, strict: bool) -> None:
        (self._base, _), (ours, self._tail), (theirs, _) = versions
        self._ours, self._theirs = separate(ours, self._base), separate(theirs, self._base)
        here, there = match(self._base, self._ours), match(self._base, self._theirs)
        self._nodes = list(self._make_nodes(here.numbers, there.numbers))
        self._of_ours = _by_number(self._nodes, [node.ours for node in self._nodes], len(self._ours))
        self._of_theirs = _by_number(self._nodes, [node.theirs for node in self._nodes], len(self._theirs))
        moved = there.moved - here.moved
        self._moved = {node for node in self._nodes if node.base in moved and node.is_in_both}
        self._outcomes = {node: self._outcome(node, strict=strict) for node in self._nodes}
        self._drop_doubled()
        self._keep_what_is_above(self._ours, self._of_ours, [node.theirs >= 0 for node in self._of_ours])
        self._keep_what_is_above(self._theirs, self._of_theirs, [node.ours >= 0 for node in self._of_theirs])

    def _outcome(self, node: MergeNode, *, strict: bool) -> Outcome:
        ours, theirs = _unit(self._ours, node.ours), _unit(self._theirs, node.theirs)
        if ours and theirs and ours.text == theirs.text:
            return Outcome((ours.text,))
        return resolve(_unit(self._base, node.base), ours, theirs, strict=strict)

    def _make_nodes(self, here: list[int], there: list[int]) -> Iterator[MergeNode]:
        ours, theirs = ([-1] * len(self._base) for _ in range(2))
        for found, numbers in ((ours, here), (theirs, there)):
            for number, base in enumerate(numbers):
                if base >= 0:
                    found[base] = number
        for base, (our, their) in enumerate(zip(ours, theirs, strict=True)):
            yield MergeNode(base, our, their)
        new, their_new = ([at for at, base in enumerate(numbers) if base < 0] for numbers in (here, there))
        same = match_added(self._ours, new, self._theirs, their_new)
        yield from (MergeNode(-1, number, same.get(number, -1)) for number in new)
        matched = set(same.values())
        yield from (MergeNode(-1, -1, number) for number in their_new if number not in matched)

    def _drop_doubled(self) -> None:
        """Drop units whose text each side wrote at another place, so that no side has it as often."""
        counts = Counter(text.strip() for outcome in self._outcomes.values() for text in outcome.texts)
        doubled = {text: count for text, count in counts.items() if count > 1}
        if not doubled:
            return
        ours, theirs = (Counter(unit.text.strip() for unit in units) for units in (self._ours, self._theirs))
        spare = Counter({text: count - max(ours[text], theirs[text]) for text, count in doubled.items()})
        for node in sorted(self._nodes, key=lambda node: node.is_in_both):
            stay = []
            for text in self._outcomes[node].texts:
                if spare[text.strip()] > 0 and is_telling(self._unit(node)):
                    spare[text.strip()] -= 1
                else:
                    stay.append(text)
            if len(stay) < len(self._outcomes[node].texts):
                self._outcomes[node] = Outcome(tuple(stay))

    def _keep_what_is_above(self, units: list[MergeUnit], nodes: list[MergeNode], shared: list[bool]) -> None:
        """Keep the headings and items above units that only one side has and that stay.

        Where other units below such a heading stay on both sides, the other side put them somewhere else,
        and the new one follows them.
        """
        settled = {_above(units[at]) for at, node in enumerate(nodes) if shared[at] and self._stays(node)}
        for at in range(len(nodes) - 1, -1, -1):
            above = _above(units[at])
            if above < 0 or shared[at] or not self._stays(nodes[at]):
                continue
            is_title = units[above].level == 1  # what is below it makes sense without it
            if not is_title and not self._stays(nodes[above]) and above not in settled:
                self._outcomes[nodes[above]] = Outcome((units[above].text,), Doubt.NEEDED)

    def _stays(self, node: MergeNode) -> bool:
        return bool(self._outcomes[node].texts)

    def finish(self, form: Form, head: "fields.MergedFields") -> MergedFile:
        """Return the merged file."""
        order = Order(
            [node if self._stays(node) else None for node in self._of_ours],
            [node if self._stays(node) else None for node in self._of_theirs],
            (self._ours, self._theirs),
            self._moved,
        )
        parts, doubts, conflicts = [head.text], [], head.conflicts
        line = 1 + head.text.count(b"\n")
        last: MergeNode | None = None
        for node in order:
            outcome = self._outcomes[node]
            conflicts += outcome.is_conflict
            gap = self._gap(last, node)
            for text in outcome.texts:
                parts += [gap, text]
                line += gap.count(b"\n")
                if outcome.doubt:
                    doubts.append((line, outcome.doubt))
                line += text.count(b"\n")
                gap = gap_between(self._unit(node), self._unit(node))
            last = node
        return MergedFile(form.apply(b"".join([*parts, self._tail])), conflicts, tuple(doubts), head.lost)

    def _unit(self, node: MergeNode) -> MergeUnit:
        return self._ours[node.ours] if node.ours >= 0 else self._theirs[node.theirs]

    def _gap(self, last: MergeNode | None, node: MergeNode) -> bytes:
        """Return the blank lines between two units: as in a version where they are neighbors."""
        before = last or MergeNode(-1, -1, -1)
        for units, at, other in (
            (self._ours, before.ours, node.ours),
            (self._theirs, before.theirs, node.theirs),
            (self._base, before.base, node.base),
        ):
            if other >= 0 and at == other - 1 and (at >= 0 or last is None):
                return units[other].gap
        return gap_between(self._unit(last), self._unit(node)) if last else self._unit(node).gap


def _above(unit: MergeUnit) -> int:
    return unit.parent if unit.parent >= 0 else unit.section


def _unit(units: Sequence[MergeUnit], number: int) -> MergeUnit | None:
    return units[number] if number >= 0 else None


def _by_number(nodes: Iterable[MergeNode], numbers: Iterable[int], count: int) -> list[MergeNode]:
    """Return the node of each unit of a version."""
    found: list[MergeNode] = [MergeNode(-1, -1, -1)] * count
    for node, number in zip(nodes, numbers, strict=True):
        if number >= 0:
            found[number] = node
    return found
