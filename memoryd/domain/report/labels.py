"""Names at the nodes of a drawing."""

from collections.abc import Iterable, Iterator, Sequence

from memoryd.domain.text.width import width
from memoryd.values import dataclass

FONT = 11.0
"""Size of a label's letters, in CSS pixels."""
_LETTER = 0.61 * FONT  # width of a letter of a monospaced font
_LABEL, _HEAD = 24, 13  # most letters, and those before the ellipsis
_CELL = 40.0  # of the grid in which free room is looked for

Box = tuple[float, float, float, float]
"""Left, top, right and bottom of a rectangle."""


@dataclass(frozen=True, slots=True)
class GraphNode:
    """A file, or the target of a broken link.

    Attributes:
        x: Center.
        y: Center.
        radius: Radius.
        standing: That of the topic, or `BROKEN`.
        title: The whole path or destination.
    """

    x: float
    y: float
    radius: float
    standing: str
    title: str

    @property
    def box(self) -> Box:
        """The room that it takes."""
        return (self.x - self.radius, self.y - self.radius, self.x + self.radius, self.y + self.radius)


@dataclass(frozen=True, slots=True)
class Label:
    """A shortened name at a node.

    Attributes:
        x: Middle of the text.
        y: Baseline.
        text: The name.
    """

    x: float
    y: float
    text: str

    @property
    def box(self) -> Box:
        """The room that it takes."""
        half = width(self.text) * _LETTER / 2
        return (self.x - half, self.y - FONT, self.x + half, self.y + FONT * 0.3)


def short_name(name: str) -> str:
    """Return the last part of a path, without its extension; a long one without its middle."""
    last = name.rstrip("/").rpartition("/")[2].removesuffix(".md") or name
    return last if len(last) <= _LABEL else f"{last[:_HEAD]}…{last[_HEAD + 1 - _LABEL :]}"


def size_with_label(label: str, radius: float) -> tuple[float, float]:
    """Return the width and height of a node with its label below it."""
    return max(width(label) * _LETTER, 2 * radius) + 6, 2 * radius + FONT * 1.3 + 5


def labels_below(nodes: Sequence[GraphNode]) -> list[Label]:
    """Return a label below each node, for which there must be room."""
    return [
        Label(node.x, round(node.y + node.radius / 2 + FONT * 1.1, 1), short_name(node.title))
        for node in nodes
    ]


def labels_with_room(nodes: Sequence[GraphNode], order: Sequence[int], right: float) -> list[Label]:
    """Return the labels that overlap neither nodes nor each other.

    Args:
        nodes: The nodes.
        order: Their places in the list, the most important first.
        right: The right edge of the drawing.
    """
    room = _Room(node.box for node in nodes)
    found = []
    for node in (nodes[number] for number in order):
        for label in _beside(node, short_name(node.title)):
            if label.box[0] >= 0 and label.box[2] <= right and room.take(label.box, node.box):
                found.append(label)
                break
    return found


def _beside(node: GraphNode, text: str) -> Iterator[Label]:
    """Yield a label right of a node, left of it, below and above it."""
    half = width(text) * _LETTER / 2
    for x, y in (
        (node.x + node.radius + 2 + half, node.y + FONT * 0.35),
        (node.x - node.radius - 2 - half, node.y + FONT * 0.35),
        (node.x, node.y + node.radius + FONT),
        (node.x, node.y - node.radius - FONT * 0.35),
    ):
        yield Label(round(x, 1), round(y, 1), text)


class _Room:
    """Free room in a drawing.

    Args:
        boxes: What is taken from the beginning.
    """

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._cells: dict[tuple[int, int], list[Box]] = {}
        for box in boxes:
            self._add(box)

    def take(self, box: Box, own: Box) -> bool:
        """Take a box if it is free, except for the node that it belongs to; return whether it was."""
        near = (each for cell in _cells_of(box) for each in self._cells.get(cell, ()))
        if any(each != own and _overlap(each, box) for each in near):
            return False
        self._add(box)
        return True

    def _add(self, box: Box) -> None:
        for cell in _cells_of(box):
            self._cells.setdefault(cell, []).append(box)


def _cells_of(box: Box) -> Iterator[tuple[int, int]]:
    left, top, right, bottom = (int(each // _CELL) for each in box)
    return ((column, row) for column in range(left, right + 1) for row in range(top, bottom + 1))


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
