"""Drawing of the link graph of a store."""

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain

from memoryd.domain.report.graph import INDEX, edges_of
from memoryd.domain.report.labels import (
    GraphNode,
    Label,
    labels_below,
    labels_with_room,
    short_name,
    size_with_label,
)
from memoryd.domain.report.layout import evened, separate, spread
from memoryd.domain.report.model import Topic
from memoryd.values import dataclass

WIDTH = 1100
"""Most width of a drawing, in CSS pixels, unless labels need more."""
BROKEN = "broken link"
"""The standing of a target that does not exist."""
_ALL_LABELED = 40  # most nodes that each have room for a label
_RADIUS, _SMALL, _SPACE = 6.0, 4.0, 3.0
_MARGIN = 14.0
_APART = 24.0  # from the graph to the nodes without links below it
_MOST_BROKEN = 60  # broken targets that are drawn
_WIDE, _HIGH = 118.0, 64.0  # length of a link, where all nodes have labels
_FLAT = 0.72  # height of a large graph, as a part of its width

Line = tuple[float, float, float, float]
"""The coordinates of both ends."""


@dataclass(frozen=True, slots=True)
class GraphDrawing:
    """A graph with all positions, in CSS pixels.

    Attributes:
        width: Width.
        height: Height.
        is_large: Whether not every node has a label.
        nodes: The nodes by standing.
        trunk: The links of the index file.
        edges: The links between other files.
        labels: The labels that have room.
    """

    width: float
    height: float
    is_large: bool
    nodes: Mapping[str, tuple[GraphNode, ...]]
    trunk: tuple[Line, ...]
    edges: tuple[Line, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class _Graph:
    """Names and standings of the nodes to draw, and pairs of nodes with a link."""

    names: tuple[str, ...]
    standings: tuple[str, ...]
    edges: tuple[tuple[int, int], ...]

    @property
    def is_large(self) -> bool:
        return len(self.names) > _ALL_LABELED

    @property
    def radius(self) -> float:
        return _SMALL if self.is_large else _RADIUS

    @property
    def sizes(self) -> list[tuple[float, float]]:
        """The room of each node, with its label in a small graph."""
        if self.is_large:
            return [(2 * self.radius + _SPACE, 2 * self.radius + _SPACE)] * len(self.names)
        return [size_with_label(short_name(name), self.radius) for name in self.names]


def draw(topics: Sequence[Topic]) -> GraphDrawing:
    """Return the drawing of a store's files, without overlapping labels; each file of a small one has one."""
    graph = _graph(topics)
    sizes = graph.sizes
    at = _arranged(graph, sizes)
    _add_rows(at, [node for node in range(len(graph.names)) if node not in at], sizes)
    places = _shifted(at, sizes, 0 if graph.is_large else 1)
    nodes = [
        GraphNode(*place, graph.radius, standing, name)
        for place, standing, name in zip(places, graph.standings, graph.names, strict=True)
    ]
    standings = dict.fromkeys(graph.standings)
    labels = labels_with_room(nodes, _by_weight(graph), WIDTH) if graph.is_large else labels_below(nodes)
    boxes = [*(node.box for node in nodes), *(label.box for label in labels)]
    lines = {False: list[Line](), True: list[Line]()}
    for one, other in graph.edges:
        line = (nodes[one].x, nodes[one].y, nodes[other].x, nodes[other].y)
        lines[graph.standings[one] == INDEX].append(line)
    return GraphDrawing(
        round(max([0.0, *(right for _, _, right, _ in boxes)]) + _MARGIN),
        round(max([0.0, *(bottom for *_, bottom in boxes)]) + _MARGIN),
        graph.is_large,
        {each: tuple(node for node in nodes if node.standing == each) for each in standings},
        tuple(lines[True]),
        tuple(lines[False]),
        tuple(labels),
    )


def _graph(topics: Sequence[Topic]) -> _Graph:
    names, edges = [topic.path for topic in topics], list(edges_of(topics))
    targets = list(dict.fromkeys(each for topic in topics for each in topic.broken))[:_MOST_BROKEN]
    for number, target in enumerate(targets, len(topics)):
        names.append(target)
        edges += [(at, number) for at, topic in enumerate(topics) if target in topic.broken]
    standings = [topic.standing for topic in topics] + [BROKEN] * len(targets)
    return _Graph(tuple(names), tuple(standings), tuple(edges))


def _by_weight(graph: _Graph) -> list[int]:
    """Return the nodes, the index file and the most linked ones first."""
    degrees = Counter(chain.from_iterable(graph.edges))
    return sorted(
        range(len(graph.names)), key=lambda node: (graph.standings[node] != INDEX, -degrees[node], node)
    )


def _arranged(graph: _Graph, sizes: list[tuple[float, float]]) -> dict[int, list[float]]:
    """Return the centers of the linked nodes around the first one."""
    linked = sorted({*range(len(graph.names))[:1], *chain.from_iterable(graph.edges)})
    numbers = {node: number for number, node in enumerate(linked)}
    at = spread(len(linked), [(numbers[one], numbers[other]) for one, other in graph.edges])
    wide, high = _WIDE, _HIGH
    if graph.is_large:
        at, wide = evened(at), WIDTH / 2 - 4 * _MARGIN
        high = wide * _FLAT
    for place in at:
        place[0] *= wide
        place[1] *= high
    separate(at, [sizes[node] for node in linked])
    return dict(zip(linked, at, strict=True))


def _add_rows(at: dict[int, list[float]], alone: list[int], sizes: list[tuple[float, float]]) -> None:
    """NotePlace nodes without links in rows below the others."""
    left = min((place[0] - sizes[node][0] / 2 for node, place in at.items()), default=0.0)
    right = left + WIDTH - 2 * _MARGIN
    top = max((place[1] + sizes[node][1] / 2 for node, place in at.items()), default=0.0) + _APART
    x, tallest = left, 0.0
    for node in alone:
        wide, high = sizes[node]
        if x + wide > right and x > left:
            x, top, tallest = left, top + tallest + 4, 0.0
        at[node] = [x + wide / 2, top + high / 2]
        x += wide + 4
        tallest = max(tallest, high)


def _shifted(
    at: dict[int, list[float]], sizes: list[tuple[float, float]], digits: int
) -> list[tuple[float, float]]:
    """Return the centers by node, moved to the margins on the left and above."""
    left = min((place[0] - sizes[node][0] / 2 for node, place in at.items()), default=0.0)
    top = min((place[1] - sizes[node][1] / 2 for node, place in at.items()), default=0.0)
    return [
        (round(at[node][0] - left + _MARGIN, digits), round(at[node][1] - top + _MARGIN, digits))
        for node in range(len(at))
    ]
