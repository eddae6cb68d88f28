"""What a person wants first comes first, in a few files made up for it."""

from collections.abc import Iterator

import pytest
from support import store_of, write_tree

from memoryd.adapters.search.index import Index
from memoryd.services.search.update_index import sync

FILES = {
    "MEMORY.md": (
        "# Memory\n\n- [Release](release.md) — how to release, tag and publish\n"
        "- [Flaky tests](flaky.md) — which tests fail at times\n- [C++](cpp.md) — compiler flags\n"
        "- Lunch is at noon on Fridays\n"
    ),
    "release.md": "---\nname: release\ndescription: steps of a release\n---\n\nTag, build, then publish.\n",
    "flaky.md": "# Flaky tests\n\nThe upload retries twice. It fails when the network is slow.\n",
    "cpp.md": "# C++ and its flags\n\nC++ needs `-fno-exceptions`; C needs nothing.\n",
    "c.md": "# C\n\nC needs no flags. C is small. C is old.\n",
    "database-backup.md": "Runs every night, kept for a week.\n",
    "notes.md": "A backup of the laptop. The database is slow. Tests of the release were late.\n" * 3,
    "near.md": "The cache is warm.\n\nLater, after lunch.\n\nThe proxy is cold.\n",
    "nearer.md": "The proxy cache is warm.\n\nLater, after lunch.\n\nIt is cold outside.\n",
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    place = tmp_path_factory.mktemp("ranking")
    root = write_tree(place / "agent-memory" / "reviewer", FILES)
    with Index(place / "index.db") as index:
        sync([store_of(root)], index, None)
        yield index


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("release", "release.md"),
        ("how do I publish a release?", "release.md"),
        ("releasing", "release.md"),
        ("flaky test", "flaky.md"),
        ("which tests fail when the network is slow", "flaky.md"),
        ("does the upload retry", "flaky.md"),
        ("C++", "cpp.md"),
        ("c++ flags", "cpp.md"),
        ("-fno-exceptions flags", "c.md"),
        ('"-fno-exceptions"', "cpp.md"),
        ("database backup", "database-backup.md"),
        ("proxy cache", "nearer.md"),
        ("lunch fridays", "MEMORY.md"),
        ("compiler", "MEMORY.md"),
    ],
)
def test_what_is_wanted_comes_first(index: Index, question: str, first: str) -> None:
    assert index.search(question)[0].path == first


def test_a_pointer_that_has_all_the_words_does_not_hide_the_topic_that_has_most(index: Index) -> None:
    found = [hit.path for hit in index.search("compiler flags exceptions")]
    assert found.index("cpp.md") < found.index("MEMORY.md")


def test_scores_fall(index: Index) -> None:
    scores = [hit.score for hit in index.search("the cache release tests flags", limit=50)]
    assert scores == sorted(scores, reverse=True)
    assert scores[-1] > 0
