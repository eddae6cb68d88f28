from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.report.layout import evened, separate, spread

places = st.tuples(st.integers(-40, 40), st.integers(-40, 40))
boxes = st.tuples(st.integers(1, 120), st.integers(1, 30))


def star(count: int) -> list[tuple[int, int]]:
    return [(0, number) for number in range(1, count)]


def test_the_same_graph_always_gets_the_same_places() -> None:
    assert spread(30, star(30)) == spread(30, star(30))


def test_the_first_node_stays_in_the_middle() -> None:
    assert spread(12, [(3, 4), *star(12)])[0] == [0.0, 0.0]


def test_linked_nodes_are_nearer_than_others() -> None:
    clusters = [*combinations(range(1, 6), 2), *combinations(range(6, 11), 2), (0, 1), (0, 6)]
    at = spread(11, clusters)

    def mean(pairs: list[tuple[int, int]]) -> float:
        return sum((at[a][0] - at[b][0]) ** 2 + (at[a][1] - at[b][1]) ** 2 for a, b in pairs) / len(pairs)

    assert 2 * mean(clusters) < mean([(a, b) for a in range(1, 6) for b in range(6, 11)])


def test_no_nodes_and_one_node_have_places() -> None:
    assert spread(0, []) == []
    assert spread(1, []) == [[0.0, 0.0]]


@given(st.lists(st.tuples(places, boxes), max_size=25))
def test_boxes_never_overlap_afterwards(given_boxes: list[tuple[tuple[int, int], tuple[int, int]]]) -> None:
    at = [[float(x), float(y)] for (x, y), _ in given_boxes]
    sizes = [(float(wide), float(high)) for _, (wide, high) in given_boxes]
    separate(at, sizes)
    for one, other in combinations(range(len(at)), 2):
        wide = (sizes[one][0] + sizes[other][0]) / 2
        high = (sizes[one][1] + sizes[other][1]) / 2
        assert abs(at[one][0] - at[other][0]) >= wide or abs(at[one][1] - at[other][1]) >= high


@given(st.lists(places, min_size=1, max_size=40))
def test_an_evened_graph_fills_a_circle(given_places: list[tuple[int, int]]) -> None:
    found = evened([[float(x), float(y)] for x, y in given_places])
    assert all(x * x + y * y < 1 for x, y in found)
    assert len(found) == len(given_places)
