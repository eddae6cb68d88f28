"""What of dropped lines is still missing."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.history.lost_lines import Loss, Moves, Sign, dropped, standing, with_lost_entries
from memoryd.domain.history.versions import Version

OLD = "- deploys run on Mondays at nine\n- the cache key has the locale\n- ask Ann about billing\n"
Content = Callable[[Version], bytes | None]


def store(*steps: tuple[str, str | None]) -> tuple[list[Version], Content]:
    """Versions of a store, from name and content of each."""
    texts = {number: text for number, (_, text) in enumerate(steps, 1)}
    versions = [
        Version(number, number * 60.0, "/s", f"/s/{name}", text, None, None, number)
        for number, (name, text) in enumerate(steps, 1)
    ]

    def content(version: Version) -> bytes | None:
        text = texts[version.id]
        return None if text is None else text.encode()

    return versions, content


def missing(sign: Sign, *steps: tuple[str, str | None]) -> list[str]:
    """The lines that the second version of a store lost to the sign and that are missing at the end."""
    versions, content = store(*steps)
    loss = Loss(None, versions[0], versions[1], (), sign)
    found = Loss(None, versions[0], versions[1], dropped(loss, content), sign)
    return [entry for each in standing([found], versions, content) for entry in each.entries]


def test_dropped_lines_are_missing_until_they_are_back() -> None:
    gone = ("MEMORY.md", OLD), ("MEMORY.md", "- x\n")
    assert missing(Sign.MASS, *gone) == OLD.splitlines()
    assert missing(Sign.MASS, *gone, ("MEMORY.md", OLD)) == []


@pytest.mark.parametrize(
    "topic",
    [
        OLD,
        "# Deploys run on Mondays at nine\n\n* ask Ann about billing, always\n* The cache key has a locale\n",
    ],
)
def test_lines_that_moved_to_another_file_are_not_missing(topic: str) -> None:
    steps = ("MEMORY.md", OLD), ("MEMORY.md", "- [all](t.md)\n"), ("t.md", topic)
    assert missing(Sign.MASS, *steps) == []
    assert missing(Sign.UNSEEN, *steps) == []


def test_a_mass_loss_is_over_when_most_is_back() -> None:
    gone = ("MEMORY.md", OLD), ("MEMORY.md", "- x\n")
    half = "".join(OLD.splitlines(keepends=True)[:2])
    assert missing(Sign.MASS, *gone, ("MEMORY.md", half)) == []


def test_a_deleted_file_is_missing() -> None:
    assert missing(Sign.MASS, ("t.md", OLD), ("t.md", None)) == OLD.splitlines()
    assert missing(Sign.STALE, ("t.md", OLD), ("t.md", None)) == []


def test_lines_beyond_the_cut_are_the_unseen_ones() -> None:
    versions, content = store(("MEMORY.md", OLD), ("MEMORY.md", "- deploys run on Mondays at nine\n"))
    loss = Loss(versions[0], versions[0], versions[1], (), Sign.UNSEEN, OLD.index("- ask"))
    assert dropped(loss, content) == ("- ask Ann about billing",)


def test_a_note_with_most_words_contains_a_line() -> None:
    moves = Moves(["Deploys always run on Mondays, at nine in the morning.", "[All](t.md) of it"])
    assert moves.contain("- deploys run on Mondays at nine")
    assert moves.contain("- [Notes](t.md)")
    assert not moves.contain("- ask Ann about billing on Mondays")
    assert not moves.contain("- on Mondays")


WORDS = st.lists(st.sampled_from(["deploys", "run", "on", "Mondays", "at", "9", "10"]), max_size=8)


@given(st.lists(WORDS, max_size=6), WORDS)
def test_a_line_is_contained_if_most_of_its_words_and_all_its_numbers_are(
    lines: list[list[str]], line: list[str]
) -> None:
    words = set(line)
    numbers = words & {"9", "10"}
    found = [set(other) & words for other in lines]
    expected = len(words) >= 3 and any(
        len(shared) >= 0.7 * len(words) and numbers <= shared for shared in found
    )
    assert Moves(" ".join(other) for other in lines).contain(" ".join(line)) == expected


LINES = st.lists(st.sampled_from(["- a b", "- c d", "# e", "", "- f g h", "```"]), max_size=8)


@given(base=LINES, had=LINES, chosen=st.sets(st.sampled_from(["- a b", "- c d", "# e", "- f g h"])))
def test_lost_lines_come_back_and_no_line_leaves(base: list[str], had: list[str], chosen: set[str]) -> None:
    versions, _ = store(("MEMORY.md", "\n".join(had)), ("MEMORY.md", "\n".join(base)))
    entries = tuple(line for line in dict.fromkeys(had) if line in chosen)
    loss = Loss(None, versions[0], versions[1], entries, Sign.MASS)
    after = with_lost_entries(loss, "\n".join(base).encode(), "\n".join(had).encode()).decode().split("\n")
    rest = list(after)
    for line in base:
        rest.remove(line)
    assert {line for line in entries if line not in base} <= set(rest)
