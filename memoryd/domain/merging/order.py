"""The order of the units of a merged file."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from memoryd.domain.merging.units import MergeUnit


class MergeNode(NamedTuple):  # a key of many dictionaries
    """A unit, by its numbers in the three versions; -1 where it is missing."""

    base: int
    ours: int
    theirs: int

    @property
    def is_in_both(self) -> bool:
        """Return whether both sides have it."""
        return self.ours >= 0 and self.theirs >= 0


class Order:
    """Nodes that stay, each after the one that it follows in its version.

    Args:
        ours: The nodes of our units, in their order; None for one that is removed.
        theirs: The same of their units.
        units: Our units, and theirs.
        moved: Nodes that only they have moved.
    """

    def __init__(
        self,
        ours: Sequence[MergeNode | None],
        theirs: Sequence[MergeNode | None],
        units: tuple[Sequence[MergeUnit], Sequence[MergeUnit]],
        moved: set[MergeNode],
    ) -> None:
        self._units = units
        self._next: dict[MergeNode | None, MergeNode | None] = {}
        self._placed: set[MergeNode] = set()
        self._add(ours, [node for node in ours if node and node.is_in_both and node not in moved])
        self._add(theirs, [node for node in theirs if node in moved])
        self._add(ours, [node for node in ours if node and node.theirs < 0])
        self._add(theirs, [node for node in theirs if node and node.ours < 0])

    def __iter__(self) -> Iterator[MergeNode]:
        """Iterate over the nodes in their order."""
        at = self._next.get(None)
        while at:
            yield at
            at = self._next[at]

    def _add(self, version: Sequence[MergeNode | None], added: list[MergeNode]) -> None:
        """Add nodes of a version, each after the node before it there."""
        wanted = set(added)
        last: MergeNode | None = None
        for node in version:
            if node is None or (node not in self._placed and node not in wanted):
                continue
            if node in wanted:
                place = self._past_ours(last, node) if node.ours < 0 else last
                self._next[node] = self._next.get(place)
                self._next[place] = node
                self._placed.add(node)
            last = node

    def _past_ours(self, place: MergeNode | None, node: MergeNode) -> MergeNode | None:
        """Return the last of our own units after a place that come before a new one of theirs."""
        unit = self._units[1][node.theirs]
        after = self._next.get(place)
        while after and after.theirs < 0:
            own = self._units[0][after.ours]
            is_lower = not unit.level and own.indent < unit.indent
            if (own.level and (not unit.level or own.level < unit.level)) or is_lower:
                break
            place, after = after, self._next.get(after)
        return place
