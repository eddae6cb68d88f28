"""Positions of the nodes of a graph."""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from math import cos, hypot, pi, sin, sqrt

Positions = list[list[float]]
"""A pair of coordinates for each node."""

_GOLDEN = pi * (3 - sqrt(5))  # angle between neighbors in a spiral without gaps
_REACH = 2.0  # lengths of a link within which nodes repel each other
_STEPS = ((12, 60), (60, 200), (300, 90), (10**9, 40))  # nodes up to, and steps of the simulation
_GRAVITY = 0.03
_HUB = 6  # links from which on the links of a node pull less
_ROUNDS = 40  # of pushing apart before all is made larger
_LARGER = 1.06
_GAP = 0.5  # between two boxes


def spread(count: int, edges: Sequence[tuple[int, int]]) -> Positions:
    """Return positions at which linked nodes are near each other, and others are apart.

    Nodes repel each other, links are springs (Fruchterman and Reingold), and node 0 stays in the middle. The
    unit is the length of a link at rest; the same graph always gets the same positions.

    Args:
        count: Number of nodes.
        edges: Pairs of nodes.
    """
    at = _spiral(count, edges)
    steps = next(steps for most, steps in _STEPS if count <= most)
    degrees = [0] * count
    for one, other in edges:
        degrees[one] += 1
        degrees[other] += 1
    pulls = [(one, other, 1 / max(1.0, max(degrees[one], degrees[other]) / _HUB)) for one, other in edges]
    for step in range(steps):
        heat = 0.8 * (1 - step / steps) + 0.02
        forces = [[-_GRAVITY * x, -_GRAVITY * y] for x, y in at]
        _repel(at, forces)
        _attract(at, forces, pulls)
        for place, (x, y) in zip(at[1:], forces[1:], strict=True):
            strength = hypot(x, y) or 1.0
            move = min(strength, heat) / strength
            place[0] += x * move
            place[1] += y * move
    return at


def _spiral(count: int, edges: Sequence[tuple[int, int]]) -> Positions:
    """Return the nodes on a spiral, in the order in which they are reached from node 0."""
    at = [[0.0, 0.0] for _ in range(count)]
    for turn, node in enumerate(_from_first(count, edges)):
        radius = 0.9 * sqrt(turn)
        at[node] = [radius * cos(turn * _GOLDEN), radius * sin(turn * _GOLDEN)]
    return at


def _from_first(count: int, edges: Sequence[tuple[int, int]]) -> Iterator[int]:
    near: list[list[int]] = [[] for _ in range(count)]
    for one, other in edges:
        near[one].append(other)
        near[other].append(one)
    seen = [False] * count
    for start in range(count):
        queue = deque([start] if not seen[start] else [])
        seen[start] = True
        while queue:
            node = queue.popleft()
            yield node
            for each in near[node]:
                if not seen[each]:
                    seen[each] = True
                    queue.append(each)


def _repel(at: Positions, forces: Positions) -> None:
    """Add the forces between nodes that are near each other, found by a grid."""
    cells: dict[tuple[int, int], list[int]] = {}
    for node, (x, y) in enumerate(at):
        cells.setdefault((int(x // _REACH), int(y // _REACH)), []).append(node)
    for (column, row), nodes in cells.items():
        others = [
            each
            for dx, dy in ((1, -1), (1, 0), (1, 1), (0, 1))
            for each in cells.get((column + dx, row + dy), ())
        ]
        for number, one in enumerate(nodes):
            x, y = at[one]
            force_x = force_y = 0.0
            for other in (*nodes[number + 1 :], *others):
                dx, dy = x - at[other][0], y - at[other][1]
                square = dx * dx + dy * dy
                if square < _REACH * _REACH:
                    strength = 1 / max(square, 0.01)
                    dx, dy = dx * strength, dy * strength
                    force_x += dx
                    force_y += dy
                    forces[other][0] -= dx
                    forces[other][1] -= dy
            forces[one][0] += force_x
            forces[one][1] += force_y


def _attract(at: Positions, forces: Positions, pulls: Iterable[tuple[int, int, float]]) -> None:
    for one, other, strength in pulls:
        dx, dy = at[one][0] - at[other][0], at[one][1] - at[other][1]
        pull = strength * hypot(dx, dy)
        forces[one][0] -= dx * pull
        forces[one][1] -= dy * pull
        forces[other][0] += dx * pull
        forces[other][1] += dy * pull


def evened(at: Positions) -> Positions:
    """Return positions in a circle of radius 1 that is filled evenly: each node keeps its direction."""
    order = sorted(range(len(at)), key=lambda node: hypot(*at[node]))
    found = [[0.0, 0.0] for _ in at]
    for rank, node in enumerate(order):
        x, y = at[node]
        factor = sqrt(rank / len(at)) / (hypot(x, y) or 1.0)
        found[node] = [x * factor, y * factor]
    return found


def separate(at: Positions, sizes: Sequence[tuple[float, float]]) -> None:
    """Move boxes apart until no two overlap; where that takes too long, the whole drawing grows.

    Args:
        at: The centers, which are changed.
        sizes: Width and height of each box.
    """
    for number, place in enumerate(at):  # equal places would never come apart
        place[0] += number * 1e-6
        place[1] += number * 1e-6
    while True:
        for _ in range(_ROUNDS):
            if not _push_apart(at, sizes):
                return
        for place in at:
            place[0] *= _LARGER
            place[1] *= _LARGER


def _push_apart(at: Positions, sizes: Sequence[tuple[float, float]]) -> bool:
    """Move each two overlapping boxes apart in the direction of the least move; return whether any did."""
    order = sorted(range(len(at)), key=lambda node: at[node][1])
    tallest = max((height for _, height in sizes), default=0.0)
    moved = False
    for number, one in enumerate(order):
        for other in order[number + 1 :]:
            dx, dy = at[other][0] - at[one][0], at[other][1] - at[one][1]
            if dy > tallest + 2 * _GAP:
                break
            wide = (sizes[one][0] + sizes[other][0]) / 2 + _GAP - abs(dx)
            high = (sizes[one][1] + sizes[other][1]) / 2 + _GAP - abs(dy)
            if wide <= 0 or high <= 0:
                continue
            moved = True
            axis, depth, sign = (0, wide, dx) if wide < high else (1, high, dy)
            half = (depth / 2 + 0.01) * (1 if sign >= 0 else -1)
            at[one][axis] -= half
            at[other][axis] += half
    return moved
