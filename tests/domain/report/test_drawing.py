import random
from itertools import combinations

import pytest

from memoryd.domain.report.drawing import BROKEN, WIDTH, GraphDrawing, draw
from memoryd.domain.report.labels import Box
from memoryd.domain.report.model import Topic


def topics(count: int, links: int, seed: int = 1) -> list[Topic]:
    """A store with long and short names, whose index file links to most of its files."""
    some = random.Random(seed)  # noqa: S311  # the same each time
    targets: list[set[int]] = [{number for number in range(1, count) if some.random() > 0.05}]
    targets += [set() for _ in range(count - 1)]
    while sum(map(len, targets)) < min(links, count * (count - 1) // 3):
        one, other = some.randrange(count), some.randrange(count)
        targets[one] |= {other} - {one}
    return [
        Topic(
            "MEMORY.md"
            if number == 0
            else f"{'部署' * (number % 7)}{'long_name_' * (number % 4)}{number}.md",
            "index" if number == 0 else "seen" if number in targets[0] else "not reached",
            tuple(sorted(links)),
            ("missing.md",) if number % 9 == 5 else (),
        )
        for number, links in enumerate(targets)
    ]


def overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def assert_legible(drawing: GraphDrawing) -> None:
    nodes = [node for each in drawing.nodes.values() for node in each]
    for one, other in combinations(drawing.labels, 2):
        assert not overlap(one.box, other.box), (one, other)
    for one_node, other_node in combinations(nodes, 2):
        assert not overlap(one_node.box, other_node.box), (one_node, other_node)
    boxes = [*(node.box for node in nodes), *(label.box for label in drawing.labels)]
    for left, top, right, bottom in boxes:
        assert 0 <= left < right <= drawing.width
        assert 0 <= top < bottom <= drawing.height


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("count", [1, 2, 9, 30, 40])
def test_every_file_of_a_small_store_has_a_label_and_none_overlaps(count: int, seed: int) -> None:
    found = topics(count, 2 * count, seed)
    drawing = draw(found)
    assert_legible(drawing)
    assert len(drawing.labels) == sum(map(len, drawing.nodes.values())) or drawing.is_large
    assert sum(len(each) for kind, each in drawing.nodes.items() if kind != BROKEN) == count


def test_a_large_store_stays_legible() -> None:
    drawing = draw(topics(300, 900))
    assert_legible(drawing)
    assert len(drawing.labels) > 20
    assert drawing.width < WIDTH * 1.3


@pytest.mark.slow
def test_a_thousand_files_and_three_thousand_links_stay_legible() -> None:
    drawing = draw(topics(1000, 3000))
    assert_legible(drawing)
    assert len(drawing.labels) > 20
    assert drawing.width < WIDTH * 1.3


def test_a_missing_target_is_drawn_once() -> None:
    drawing = draw(topics(30, 60))
    assert [node.title for node in drawing.nodes[BROKEN]] == ["missing.md"]


def test_the_links_of_the_index_file_are_apart_from_the_others() -> None:
    found = [
        Topic("MEMORY.md", "index", (1, 2), ()),
        Topic("a.md", "seen", (2,), ()),
        Topic("b.md", "seen", (), ()),
    ]
    drawing = draw(found)
    assert (len(drawing.trunk), len(drawing.edges)) == (2, 1)


def test_a_store_without_files_is_drawn() -> None:
    assert draw([]).nodes == {}


def test_files_without_links_are_below_the_others() -> None:
    found = [Topic("MEMORY.md", "index", (1,), ()), Topic("a.md", "seen", (), ())]
    found += [Topic(f"lost{number}.md", "not reached", (), ()) for number in range(30)]
    drawing = draw(found)
    lowest = max(node.y for kind in ("index", "seen") for node in drawing.nodes[kind])
    assert all(node.y > lowest for node in drawing.nodes["not reached"])
    assert_legible(drawing)
