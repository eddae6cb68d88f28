import multiprocessing
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from adapters.search.indexing import NOW, OTHER, STORE, check_integrity, paths, put, read
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memoryd.adapters.search.index import Index
from memoryd.domain.search.query import Field, filter_of
from memoryd.domain.stores.listing import RACY_NS, compare
from memoryd.domain.stores.store import Store


def test_front_matter_is_not_body(index: Index) -> None:
    put(index, {"a.md": "---\nname: x\nmetadata:\n  originSessionId: secret\n---\nword\n"})
    assert index.search("secret") == ()
    assert index.search("metadata") == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=())) | st.text('"*-()^:AND \x00日é', max_size=50))
def test_no_query_is_an_error(index: Index, query: str) -> None:
    put(index, {"a.md": "A 日é"})
    index.search(f"{query} agent:{query}")
    for field in Field:
        wanted = filter_of(field, query, datetime.now(UTC), without=query.startswith("-"))
        index.search(query * 200, filters=[wanted] if wanted else [])
    assert index.healed is None


def test_fresh_file_stays_suspect_until_it_is_read_again(index: Index) -> None:
    fresh = read("fresh.md", "a", mtime_ns=NOW - 1)
    index.update(STORE, [fresh, read("b.md", "b")], (), scanned_at_ns=NOW)
    later = NOW + 10 * RACY_NS
    index.update(STORE, [read("c.md", "c", mtime_ns=NOW)], (), scanned_at_ns=later)
    known, at = index.listing(STORE)
    assert "fresh.md" in compare(known, known, at).stale
    index.update(STORE, [fresh], (), scanned_at_ns=later)
    known, at = index.listing(STORE)
    assert not compare(known, known, at)


def test_others_are_left_alone(index: Index) -> None:
    put(index, {"a.md": "apple"})
    put(index, {"a.md": "apple"}, OTHER)
    put(index, {"b.md": "berry"}, gone=("a.md",))
    assert [(hit.agent, hit.path) for hit in index.search("apple")] == [("tester", "a.md")]


def test_one_path_twice_counts_once(index: Index) -> None:
    index.update(STORE, [read("a.md", "old"), read("a.md", "new")], (), scanned_at_ns=NOW)
    assert (index.search("old"), paths(index.search("new"))) == ((), ["a.md"])


def test_stores_known(index: Index) -> None:
    put(index, {"a.md": "apple", "b.md": "berry"})
    put(index, {}, OTHER)
    assert index.roots() == (STORE.root, OTHER.root)
    assert index.counts() == {STORE.root: 2, OTHER.root: 0}
    index.drop(STORE.root)
    index.drop("/never")
    assert index.counts() == {OTHER.root: 0}
    assert index.search("apple") == ()


def test_store_of_another_agent_now(index: Index) -> None:
    put(index, {"a.md": "apple"})
    put(index, {}, replace(STORE, agent="auditor"))
    assert [hit.agent for hit in index.search("apple")] == ["auditor"]


WORDS = st.lists(st.sampled_from(["red", "green", "日本", "本", "blue"]), max_size=4).map(" ".join)
TEXTS = st.builds("---\nname: {}\n---\n# {}\n\n{}\n".format, WORDS, WORDS, WORDS) | WORDS
NAMES = st.sampled_from(["MEMORY.md", "a.md", "b.md", "c/d.md"])
STORES = st.sampled_from([STORE, OTHER])
UPDATE = st.tuples(STORES, st.dictionaries(NAMES, TEXTS, max_size=3), st.sets(NAMES, max_size=2))
STEPS = st.lists(UPDATE | STORES | st.none(), max_size=12)


def everything(index: Index) -> list[object]:
    queries = ("red", "green blue", "本", "日本", "re* -green", "blue nothing")
    listings = [index.listing(store) for store in (STORE, OTHER)]
    return [listings, index.counts(), [index.search(query) for query in queries]]


@settings(deadline=None)
@given(STEPS)
def test_any_history_answers_like_a_fresh_index(
    steps: list[tuple[Store, dict[str, str], set[str]] | Store | None],
) -> None:
    model: dict[str, tuple[Store, dict[str, str]]] = {}
    with (
        tempfile.TemporaryDirectory() as directory,
        Index(Path(directory, "lived.db")) as lived,
        Index(Path(directory, "fresh.db")) as fresh,
    ):
        for step in steps:
            if step is None:
                lived.tidy()
            elif isinstance(step, Store):
                lived.drop(step.root)
                model.pop(step.root, None)
            else:
                store, texts, gone = step
                put(lived, dict(texts), store, tuple(gone))
                _, known = model.setdefault(store.root, (store, {}))
                for name in gone:
                    known.pop(name, None)
                known.update(texts)
        for store, texts in model.values():
            put(fresh, dict(texts), store)
        assert everything(lived) == everything(fresh)
        check_integrity(lived)


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


def test_two_connections_see_each_other(path: Path) -> None:
    with Index(path) as one, Index(path) as two:
        put(one, {"a.md": "apple"})
        assert paths(two.search("apple")) == ["a.md"]
        put(two, {"b.md": "apple"}, gone=("a.md",))
        assert paths(one.search("apple")) == ["b.md"]


def work(path: Path, number: int) -> None:
    """What another process does: come, write, look, go, again and again."""
    store = replace(STORE, root=f"/store/{number}")
    for turn in range(10):
        with Index(path) as index:
            put(index, {f"{n}.md": f"apple {turn} {n}" for n in range(20)}, store)
            index.search("apple")
            assert index.healed is None


def test_processes_at_once(path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=work, args=(path, number)) for number in range(4)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert [process.exitcode for process in processes] == [0] * 4
    with Index(path) as index:
        assert set(index.counts().values()) == {20}
        assert len(index.search("apple 9", limit=100)) == 80
        check_integrity(index)
