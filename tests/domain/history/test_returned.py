"""Removed lines that are brought back by a write from an old reading, and what is meant."""

import pytest

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.returned import returned_lines
from memoryd.domain.history.versions import GIT, Version

A, B, OLD, NEW = "- deploys run on Mondays", "- ask Ann about billing", "- use the old host", "- a new note"


def returned(*texts: str | None, every: float = 10, **last: object) -> list[tuple[int, tuple[str, ...]]]:
    """The version that removed lines, and the lines that the last version brings back."""
    contents = [None if text is None else text.encode() for text in texts]
    versions = [
        Version(
            *(number, number * every * 60, "/s", "/s/MEMORY.md", text, None),
            **({"operation": None} | (last if number == len(texts) - 1 else {})),  # type: ignore[arg-type]
        )
        for number, text in enumerate(texts)
    ]
    read = LineReader(lambda version: contents[version.id])
    earlier = {None, *texts[:-1]}
    found = returned_lines(versions[:-1], versions[-1], read, lambda version: version.digest in earlier)
    return [(found.removed_by.id, found.entries)] if found else []


def test_a_removed_line_that_is_back_with_news() -> None:
    assert returned(f"{A}\n{B}\n{OLD}", f"{A}\n{B}", f"{A}\n{B}\n{OLD}\n{NEW}") == [(1, (OLD,))]


def test_all_that_was_removed_since_the_reading() -> None:
    texts = (f"{A}\n{B}\n{OLD}\n- x y", f"{A}\n{B}\n- x y", f"{A}\n{B}", f"{A}\n{B}\n- x y\n{OLD}\n{NEW}")
    assert returned(*texts) == [(1, (OLD, "- x y"))]


@pytest.mark.parametrize(
    "texts",
    [
        (f"{A}\n{B}\n{OLD}", f"{A}\n{B}", f"{A}\n{B}\n{OLD}"),  # a step back
        (f"{A}\n{B}\n{OLD}\n- x y", f"{A}\n{B}", f"{A}\n{B}\n{OLD}\n{NEW}"),  # only some: chosen
        (f"{A}\n{B}", f"{A}\n{B}\n{OLD}", f"{A}\n{B}\n{OLD}\n{NEW}"),  # nothing was removed
        (f"{A}\n{B}\n{OLD}", None, f"{NEW}\n{OLD}"),  # another file
        (f"{A}\n{B}\n{OLD}", f"{A}\n{B}", f"{A}\n{B}\n{NEW}"),
        (None, f"{A}\n{OLD}", f"{A}\n{OLD}\n{NEW}"),
        (f"{A}\n{B}", f"{A}\n{B}\n{NEW}"),
        (A,),
    ],
)
def test_what_is_meant(texts: tuple[str | None, ...]) -> None:
    assert returned(*texts) == []


def test_after_an_hour_and_by_memoryd_or_git_it_is_meant() -> None:
    texts = (f"{A}\n{B}\n{OLD}", f"{A}\n{B}", f"{A}\n{B}\n{OLD}\n{NEW}")
    assert returned(*texts, every=61) == []
    assert returned(*texts, operation=5) == []
    assert returned(*texts, actor=GIT) == []
