"""Filters leave out documents, and change neither order nor score of the others."""

import tempfile
from pathlib import Path

import pytest
from adapters.search.indexing import OTHER, STORE, put
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.adapters.search.index import Hit, Index

WORDS = st.lists(st.sampled_from(["red", "green", "blue", "日本", "tests", "testing"]), max_size=6)
TEXTS = st.builds("---\ntype: {}\n---\n# {}\n\n{}\n".format, st.sampled_from("ab"), WORDS, WORDS)
QUERIES = st.sampled_from(
    ["red", "日本", "test", "red green blue nothing", "blue tests 日本 red -green", '"red green"']
)


def told(hits: tuple[Hit, ...]) -> list[tuple[str, str, float, str]]:
    return [(hit.root, hit.path, hit.score, hit.snippet) for hit in hits]


@settings(max_examples=30, deadline=None)
@given(st.lists(TEXTS, max_size=12), st.lists(TEXTS, max_size=12), QUERIES)
def test_filters_change_neither_order_nor_score(mine: list[str], theirs: list[str], query: str) -> None:
    with tempfile.TemporaryDirectory() as directory, Index(Path(directory, "index.db")) as index:
        put(index, {f"{number}.md": text for number, text in enumerate(mine)})
        put(index, {f"{number}.md": text for number, text in enumerate(theirs)}, OTHER)
        everything = index.search(query, limit=50)
        for store in (STORE, OTHER):
            wanted = [hit for hit in everything if hit.root == store.root]
            assert told(index.search(f"{query} agent:{store.agent}", limit=50)) == told(tuple(wanted))
            assert told(index.search(query, limit=50, roots=[store.root])) == told(tuple(wanted))
            assert told(index.search(f"{query} agent:{store.agent}", limit=2)) == told(tuple(wanted[:2]))


@pytest.mark.parametrize("query", ["red", "red blue", "green red blue paths", "nowhere"])
def test_what_filters_leave_is_ranked_alone(index: Index, query: str) -> None:
    put(index, {f"{number}.md": f"red blue {number}" for number in range(200)})
    put(index, {f"{number}.md": f"red blue {number}" for number in range(3)}, OTHER)
    statements: list[str] = []
    index._file._db.set_trace_callback(statements.append)
    found = index.search(f"{query} agent:tester")
    index._file._db.set_trace_callback(None)
    assert len(found) == (0 if query == "nowhere" else 3)
    sizes = [each for each in statements if "fulltext_docsize" in each]
    assert len(sizes) <= 2 * 3, "no size of a document is looked up that does not pass"
