import pytest

from memoryd.domain.report.labels import GraphNode, labels_with_room, short_name


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("deploy.md", "deploy"),
        ("a/b/deploy.md", "deploy"),
        ("a/b/", "b"),
        (".md", ".md"),
        ("project_state_2026_03_18_evening.md", "project_state…18_evening"),
    ],
)
def test_a_name_is_shortened_in_its_middle(name: str, shown: str) -> None:
    assert short_name(name) == shown
    assert len(short_name(name)) <= 25


def test_a_label_without_room_is_left_out() -> None:
    crowded = [
        GraphNode(100.0 + 9 * x, 100.0 + 9 * y, 4.0, "seen", "name.md") for x in range(9) for y in range(9)
    ]
    found = labels_with_room(crowded, range(len(crowded)), 1000.0)
    assert 0 < len(found) < len(crowded) / 2


def test_a_label_stays_within_the_drawing() -> None:
    nodes = [GraphNode(5.0, 50.0, 4.0, "seen", "name.md"), GraphNode(195.0, 50.0, 4.0, "seen", "name.md")]
    for label in labels_with_room(nodes, (0, 1), 200.0):
        assert 0 <= label.box[0] < label.box[2] <= 200
