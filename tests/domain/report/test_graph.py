from pathlib import Path

from support import store_of, write_tree

from memoryd.adapters.stores import contents
from memoryd.domain.limits.budget import budget_of
from memoryd.domain.links.names import reachable, unseen_topics
from memoryd.domain.report.graph import edges_of, topics_of
from memoryd.domain.report.model import Topic


def found_in(root: Path, files: dict[str, str]) -> tuple[Topic, ...]:
    snapshot = contents.snapshot(store_of(write_tree(root, files)))
    reached = reachable(snapshot)
    ways = {topic.path: reached.get(topic.path) for topic in snapshot.topics}
    budget = budget_of(snapshot)
    cut = unseen_topics(snapshot, budget) if budget else ()
    return topics_of(snapshot, ways, cut, {"a.md": ["gone.md"]})


def test_each_file_has_a_standing_and_its_links(tmp_path: Path) -> None:
    lines = "- [A](a.md)\n" + "- fact\n" * 200 + "- [Late](late.md)\n"
    files = {"MEMORY.md": lines, "a.md": "see [[b]]\n", "b.md": "", "late.md": "", "lost.md": "[a](a.md)"}
    assert found_in(tmp_path / "s", files) == (
        Topic("MEMORY.md", "index", (1, 3), ()),
        Topic("a.md", "seen", (2,), ("gone.md",)),
        Topic("b.md", "seen", (), ()),
        Topic("late.md", "beyond the cut", (), ()),
        Topic("lost.md", "not reached", (1,), ()),
    )


def test_a_link_to_a_directory_is_none_to_its_files(tmp_path: Path) -> None:
    files = {"MEMORY.md": "see [all](topics/)\n", "topics/a.md": "", "topics/b.md": ""}
    index, *topics = found_in(tmp_path / "s", files)
    assert index.links == ()
    assert [topic.standing for topic in topics] == ["seen", "seen"]


def test_links_in_both_directions_are_one_edge() -> None:
    topics = [Topic("a", "index", (1,), ()), Topic("b", "seen", (0,), ()), Topic("c", "seen", (1,), ())]
    assert edges_of(topics) == ((0, 1), (1, 2))
