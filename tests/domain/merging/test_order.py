"""The order of merged units."""

from memoryd.domain.merging.order import MergeNode, Order
from memoryd.domain.merging.units import split


def order(
    ours: str, theirs: str, nodes: tuple[list[MergeNode], list[MergeNode]], moved: set[MergeNode]
) -> list[MergeNode]:
    units = (split(ours.encode())[0], split(theirs.encode())[0])
    return list(Order(nodes[0], nodes[1], units, moved))


A, B = MergeNode(0, 0, 0), MergeNode(1, 1, 1)


def test_their_new_units_come_after_ours_at_the_same_place() -> None:
    mine, yours = MergeNode(-1, 1, -1), MergeNode(-1, -1, 1)
    assert order("- a\n- x\n", "- a\n- y\n", ([A, mine], [A, yours]), set()) == [A, mine, yours]


def test_their_entry_comes_before_our_new_section() -> None:
    mine, yours = MergeNode(-1, 1, -1), MergeNode(-1, -1, 1)
    assert order("- a\n# x\n", "- a\n- y\n", ([A, mine], [A, yours]), set()) == [A, yours, mine]


def test_their_section_comes_after_our_new_one() -> None:
    mine, yours = MergeNode(-1, 1, -1), MergeNode(-1, -1, 1)
    assert order("- a\n# x\n", "- a\n# y\n", ([A, mine], [A, yours]), set()) == [A, mine, yours]


def test_their_inner_item_comes_before_our_new_outer_one() -> None:
    mine, yours = MergeNode(-1, 1, -1), MergeNode(-1, -1, 1)
    assert order("- a\n- x\n", "- a\n  - y\n", ([A, mine], [A, yours]), set()) == [A, yours, mine]


def test_what_they_moved_comes_where_they_have_it() -> None:
    first, second = MergeNode(0, 0, 1), MergeNode(1, 1, 0)
    assert order("- a\n- b\n", "- b\n- a\n", ([first, second], [second, first]), {second}) == [second, first]
    assert order("- a\n- b\n", "- b\n- a\n", ([first, second], [second, first]), set()) == [first, second]
