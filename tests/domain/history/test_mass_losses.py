"""What counts as a loss of many lines or files at once."""

import pytest

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.mass_losses import mass_losses
from memoryd.domain.history.versions import GIT, Version

INDEX = "".join(f"- [Topic {number}](t{number}.md) about part {number * 37}\n" for number in range(12))
TOPICS = {
    f"t{number}.md": f"# Topic {number}\n\nPart {number * 37} has rule {number}.\n" for number in range(12)
}
Step = tuple[float, str, str | None]


def lost(*steps: Step, writer: str = "", operation: int | None = None) -> list[list[str]]:
    """The files of each mass loss; the first versions are the store as it was."""
    texts = {number: text for number, (_, _, text) in enumerate(steps, 1)}
    versions = [
        Version(number, time, "/s", f"/s/{name}", text, None, operation if time else None, number, writer)
        for number, (time, name, text) in enumerate(steps, 1)
    ]

    def content(version: Version) -> bytes | None:
        text = texts[version.id]
        return None if text is None else text.encode()

    return [
        sorted(loss.had.path.removeprefix("/s/") for loss in losses)
        for losses in mass_losses(versions, LineReader(content), "MEMORY.md")
    ]


def before(topics: int = 12) -> list[Step]:
    names = list(TOPICS)[:topics]
    return [(0.0, "MEMORY.md", INDEX), *((0.0, name, TOPICS[name]) for name in names)]


def deleted(*names: str, at: float = 1000.0, every: float = 0.0) -> list[Step]:
    return [(at + every * number, name, None) for number, name in enumerate(names)]


def test_a_store_that_disappears_is_one() -> None:
    assert lost(*before(), *deleted("MEMORY.md", *TOPICS)) == [sorted(["MEMORY.md", *TOPICS])]


def test_a_small_store_too() -> None:
    assert lost((0.0, "MEMORY.md", "- a\n- b\n- c\n"), *deleted("MEMORY.md")) == [["MEMORY.md"]]


def test_all_topics_are_one() -> None:
    assert lost(*before(), *deleted(*TOPICS)) == [sorted(TOPICS)]


def test_a_deletion_that_was_seen_bit_by_bit_is_one() -> None:
    assert lost(*before(), *deleted(*TOPICS, every=2.0)) == [sorted(TOPICS)]


def test_a_store_that_was_seen_just_before_is_no_exception() -> None:
    assert lost(*before(), *deleted(*TOPICS, at=1.0)) == [sorted(TOPICS)]


@pytest.mark.parametrize("rest", ["", "# Memory\n\n- [patterns](patterns.md)\n"])
def test_an_index_file_of_which_little_or_nothing_is_left_is_one(rest: str) -> None:
    assert lost(*before(), (1000.0, "MEMORY.md", rest)) == [["MEMORY.md"]]


def test_a_few_files_are_none() -> None:
    assert lost(*before(), *deleted("t1.md", "t2.md", "t3.md")) == []
    assert lost(*before(), *deleted(*list(TOPICS)[:5])) == []


def test_a_tidy_up_that_joins_topics_is_none() -> None:
    joined = INDEX + "".join(text.replace("# ", "## ") for text in TOPICS.values())
    steps = [(1000.0, "all.md", joined), (1001.0, "MEMORY.md", "- [All](all.md)\n")]
    assert lost(*before(), *steps, *deleted(*TOPICS, at=1002.0)) == []


def test_renamed_files_are_none() -> None:
    renamed = [(1000.0, f"topics/{name}", text) for name, text in TOPICS.items()]
    assert lost(*before(), *renamed, *deleted(*TOPICS)) == []


def test_lines_that_an_index_file_left_to_a_topic_are_none() -> None:
    steps = [(1000.0, "MEMORY.md", "- [All](all.md)\n"), (1000.0, "all.md", f"# All\n\n{INDEX}")]
    assert lost(*before(0), *steps) == []


def test_an_index_file_that_an_agent_shortens_to_half_is_none() -> None:
    half = "".join(INDEX.splitlines(keepends=True)[:6])
    assert lost(*before(), (1000.0, "MEMORY.md", half)) == []


def test_an_index_file_that_is_as_it_was_before_is_none() -> None:
    stub = (0.0, "MEMORY.md", "# Memory\n")
    assert lost(stub, (500.0, "MEMORY.md", INDEX), (1000.0, "MEMORY.md", "# Memory\n")) == []


def test_what_git_or_memoryd_did_is_none() -> None:
    assert lost(*before(), *deleted(*TOPICS), writer=GIT) == []
    assert lost(*before(), *deleted(*TOPICS), operation=3) == []
