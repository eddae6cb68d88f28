import multiprocessing
import os
import sqlite3
import stat
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from memoryd.adapters.search.differences import problems
from memoryd.adapters.search.index import Hit, Index
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.search.query import Field, filter_of
from memoryd.domain.stores.listing import RACY_NS, Signature, compare
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.store import Scope, Store
from memoryd.errors import MemorydError

NOW = 1_800_000_000_000_000_000
OLD = NOW - 10 * RACY_NS
STORE = Store(
    "/home/ann/.claude/agent-memory/reviewer", Scope.USER, "reviewer", "/home/ann/.claude", CLAUDE_AGENT
)
OTHER = Store("/src/app/.claude/agent-memory/tester", Scope.PROJECT, "tester", "/src/app", CLAUDE_AGENT)


def read(path: str, text: str | bytes, *, mtime_ns: int = OLD) -> tuple[Signature, Document]:
    raw = text if isinstance(text, bytes) else text.encode()
    return Signature(hash((path, raw)) % 10_000, len(raw), mtime_ns, mtime_ns), parse(path, raw)


def put(
    index: Index, texts: dict[str, str | bytes], store: Store = STORE, gone: tuple[str, ...] = ()
) -> None:
    index.update(store, (read(path, text) for path, text in texts.items()), gone, scanned_at_ns=NOW)


def paths(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.path for hit in hits]


def check_integrity(index: Index) -> None:
    """No ghost row, no missing row."""

    def check(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO fulltext (fulltext) VALUES ('integrity-check')")
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        ids = [db.execute(f"SELECT {column} FROM {table} ORDER BY 1").fetchall() for column, table in TABLES]  # noqa: S608
        assert ids[0] == ids[1] == ids[2]
        assert problems(db) == ()

    index._file.use(check)


TABLES = (("id", "documents"), ("rowid", "fulltext"), ("document", "signatures"))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "index.db"


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    with Index(path) as index:
        yield index
        check_integrity(index)


# Searching


def test_weights_name_and_description_over_headings_over_body(index: Index) -> None:
    filler = "\n\nsome other words here\n" * 3
    put(
        index,
        {
            "body.md": f"---\nname: a\ndescription: b\n---\n# c\n{filler}rust\n",
            "heading.md": f"---\nname: a\ndescription: b\n---\n# rust\n{filler}words\n",
            "description.md": f"---\nname: a\ndescription: rust\n---\n# c\n{filler}words\n",
            **{f"other-{n}.md": "nothing" for n in range(9)},
        },
    )
    hits = index.search("rust")
    assert paths(hits) == ["description.md", "heading.md", "body.md"]
    assert hits[0].score > hits[1].score > hits[2].score > 0


def test_hit_says_where_and_whose(index: Index) -> None:
    put(
        index,
        {"deep/deploy.md": "---\nname: How to deploy\ntype: project\n---\n\n# Steps\n\n- call `make ship`\n"},
    )
    (hit,) = index.search("ship")
    assert (hit.root, hit.path, hit.agent, hit.scope) == (STORE.root, "deep/deploy.md", "reviewer", "user")
    assert (hit.line, hit.title, hit.snippet) == (8, "How to deploy", "- call `make ship`")
    assert hit.marked("**", "**") == "- call `make **ship**`"


@pytest.mark.parametrize(
    ("name", "text", "title"),
    [
        ("a.md", "---\nname: Named\n---\n# Heading\nword", "Named"),
        ("a.md", "# First *heading*\n# Second\nword", "First heading"),
        ("a/stem.md", "word", "stem"),
    ],
)
def test_title(index: Index, name: str, text: str, title: str) -> None:
    put(index, {name: text})
    assert [hit.title for hit in index.search("word")] == [title]


@pytest.mark.parametrize(
    ("text", "query", "line", "marked"),
    [
        ("a\r\nb\r\n- the word\r\n", "word", 3, "- the [word]"),
        ("\ufeffword\n", "word", 1, "[word]"),
        ("\ufeff---\r\nname: x\r\n---\r\n\r\nword\r\n", "word", 5, "[word]"),
        ("---\nname: x\ndescription: the word\n---\n", "word", 3, "the [word]"),
        ("---\ntype: user\nname: the word\n---\n", "word", 3, "the [word]"),
        ("x\n\nこれは日本語です。\n", "日本", 3, "これは[日本]語です。"),
        ("x\n한국어 문서\n", "국", 2, "한[국]어 문서"),
        ("x\n🎉👩‍👩‍👧 word 🎉\n", "word", 2, "🎉👩‍👩‍👧 [word] 🎉"),
        ("lone\rreturn\nword", "word", 2, "[word]"),
        ("a\nthe first\nsecond b", '"first second"', 2, "the [first second] b"),
        (b"a\n\xff\xfe word \xc3\n", "word", 2, "\ufffd\ufffd [word] \ufffd"),
        (b"a\n\x00\x1b[31m word\x02\x03\n", "word", 2, None),
        ("# AT&amp;T\n", "at&t", 1, None),
    ],
)
def test_line_and_snippet(index: Index, text: str | bytes, query: str, line: int, marked: str | None) -> None:
    put(index, {"a.md": text})
    (hit,) = index.search(query)
    assert hit.line == line
    assert marked is None or hit.marked("[", "]") == marked
    assert not set(hit.snippet) & set(map(chr, range(32)))


def test_front_matter_is_not_body(index: Index) -> None:
    put(index, {"a.md": "---\nname: x\nmetadata:\n  originSessionId: secret\n---\nword\n"})
    assert index.search("secret") == ()
    assert index.search("metadata") == ()


def test_filters_apply_to_the_attempt_too(index: Index) -> None:
    put(
        index, {"a.md": "---\ntype: feedback\n---\nred\n", "b.md": "---\nmetadata:\n  type: user\n---\nred\n"}
    )
    put(index, {"c.md": "red blue"}, OTHER)
    assert paths(index.search("red type:user")) == ["b.md"]
    assert paths(index.search("red agent:tester")) == ["c.md"]
    assert paths(index.search("red scope:user type:feedback")) == ["a.md"]
    assert paths(index.search("red blue")) == ["c.md"]
    assert paths(index.search("red blue agent:reviewer")) == ["a.md", "b.md"]
    assert index.search("red agent:nobody") == ()


@pytest.mark.parametrize("query", ["red blue", "red blue type:user -agent:tester", "green or red blue paths"])
def test_one_statement_finds_sorts_and_marks(index: Index, query: str) -> None:
    put(index, {f"{n}.md": f"---\ntype: user\n---\nred blue {n}" for n in range(60)})
    statements: list[str] = []
    index._file._db.set_trace_callback(statements.append)
    assert len(index.search(query, limit=50)) == 50
    index._file._db.set_trace_callback(None)
    searches = [each for each in statements if "MATCH" in each]
    assert len(searches) == 1
    plan = [row[3] for row in index._file._db.execute(f"EXPLAIN QUERY PLAN {searches[0]}")]
    assert not [step for step in plan if "ORDER BY" in step], "FTS5 sorts by itself, and stops at the limit"


def test_limit(index: Index) -> None:
    put(index, {f"{n}.md": "word" for n in range(20)})
    assert len(index.search("word")) == 10
    assert paths(index.search("word", limit=2)) == ["0.md", "1.md"]
    assert index.search("word", limit=0) == ()
    assert index.search("word", limit=-1) == ()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(st.characters(codec=None, exclude_categories=())) | st.text('"*-()^:AND \x00日é', max_size=50))
def test_no_query_is_an_error(index: Index, query: str) -> None:
    put(index, {"a.md": "A 日é"})
    index.search(f"{query} agent:{query}")
    for field in Field:
        wanted = filter_of(field, query, datetime.now(UTC), without=query.startswith("-"))
        index.search(query * 200, filters=[wanted] if wanted else [])
    assert index.healed is None


# Bringing it up to date


def test_listing_is_what_was_read(index: Index) -> None:
    assert index.listing(STORE) == ({}, 0)
    documents = {path: read(path, "a") for path in ("a.md", "b/c.md", "é\udcff.md")}
    index.update(STORE, documents.values(), (), scanned_at_ns=NOW)
    assert index.listing(STORE) == ({path: signature for path, (signature, _) in documents.items()}, NOW)
    assert index.listing(OTHER) == ({}, 0)


def test_extreme_signatures(index: Index) -> None:
    signature = Signature(2**64 - 1, 2**40, -1, 0)
    index.update(STORE, [(signature, parse("a.md", b"a"))], (), scanned_at_ns=NOW)
    assert index.listing(STORE)[0] == {"a.md": signature}
    beyond = Signature(1, 1, 2**63, 2**63)
    index.update(STORE, [(beyond, parse("a.md", b"a"))], (), scanned_at_ns=NOW)
    known, at = index.listing(STORE)
    assert compare(known, {"a.md": beyond}, at).stale == ("a.md",)


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


def test_same_content_writes_the_signature_only(index: Index) -> None:
    put(index, {"a.md": "word"})
    statements: list[str] = []
    index._file._db.set_trace_callback(statements.append)
    touched = read("a.md", "word", mtime_ns=OLD + 1)
    index.update(STORE, [touched], (), scanned_at_ns=NOW)
    index._file._db.set_trace_callback(None)
    assert index.listing(STORE)[0] == {"a.md": touched[0]}
    assert not [statement for statement in statements if "fulltext" in statement]
    assert len(statements) <= 8


def test_changed_gone_and_renamed_leave_no_ghost(index: Index) -> None:
    put(index, {"a.md": "apple", "b.md": "berry", "c.md": "cherry"})
    put(index, {"a.md": "apricot", "d.md": "cherry"}, gone=("b.md", "c.md", "never.md"))
    assert [paths(index.search(word)) for word in ("apple", "apricot", "berry", "cherry")] == [
        [],
        ["a.md"],
        [],
        ["d.md"],
    ]


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


def test_failing_source_changes_nothing(index: Index) -> None:
    put(index, {"a.md": "apple"})

    def broken() -> Iterator[tuple[Signature, Document]]:
        yield read("a.md", "other")
        raise OSError("no more")

    with pytest.raises(OSError, match="no more"):
        index.update(STORE, broken(), ["a.md"], scanned_at_ns=NOW)
    assert paths(index.search("apple")) == ["a.md"]


def test_bulk_load_and_tidying(index: Index) -> None:
    put(index, {f"{n}.md": f"word w{n}" for n in range(1_234)})
    for n in range(5):
        put(index, {f"{n}.md": f"other w{n}"})
        index.tidy()
    assert index.counts() == {STORE.root: 1_234}
    assert paths(index.search("w1233")) == ["1233.md"]
    assert paths(index.search("other w3")) == ["3.md"]


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


# The file


def test_private(path: Path) -> None:
    with Index(path) as index:
        put(index, {"a.md": "a"})
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    path.chmod(0o644)
    with Index(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_settings_hold(path: Path) -> None:
    for _ in range(2):
        with Index(path) as index:
            execute = index._file._db.execute
            assert execute("PRAGMA journal_mode").fetchone() == ("wal",)
            assert execute("PRAGMA busy_timeout").fetchone() == (5000,)
            assert execute("PRAGMA synchronous").fetchone() == (1,)
            kept = dict(execute("SELECT k, v FROM fulltext_config").fetchall())
            assert kept["rank"] == "bm25(6.0, 4.0, 2.0, 1.0)"
            assert kept["automerge"] == 0


def test_kept_from_one_run_to_the_next(path: Path) -> None:
    with Index(path) as index:
        put(index, {"a.md": "apple"})
    with Index(path) as index:
        assert paths(index.search("apple")) == ["a.md"]
        assert index.healed is None
    index.close()


def garbage(path: Path) -> None:
    path.write_bytes(b"This is no database.\n" * 500)


def truncated(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def overwritten(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (size - 4096))


def older(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 0")


def newer(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")


def without_table(path: Path) -> None:
    with closing(sqlite3.connect(path)) as db:
        db.execute("DROP TABLE documents")


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


DAMAGES = (garbage, truncated, overwritten, older, newer, without_table, directory)


@pytest.mark.parametrize("damage", DAMAGES)
def test_unusable_file_is_set_aside(path: Path, damage: Callable[[Path], None]) -> None:
    for _ in range(2):
        with Index(path) as index:
            put(index, {f"{n}.md": f"apple {n}" for n in range(50)})
        damage(path)
        with Index(path) as index:
            assert index.listing(STORE) == ({}, 0)
            assert index.search("apple") == ()
            assert index.healed is not None
            assert "broken" in index.healed
            put(index, {"a.md": "apple"})
            assert paths(index.search("apple")) == ["a.md"]
            check_integrity(index)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    if damage is not directory:
        assert len(list(path.parent.glob("*broken*"))) == 1


ACTIONS: tuple[Callable[[Index], object], ...] = (
    lambda index: index.listing(STORE),
    lambda index: index.search("apple"),
    lambda index: index.counts(),
    lambda index: put(index, {"a.md": "apple"}),
    lambda index: index.drop(STORE.root),
    lambda index: index.tidy(),
)


@pytest.mark.parametrize("act", ACTIONS)
def test_deleted_under_an_open_connection(path: Path, act: Callable[[Index], object]) -> None:
    with Index(path) as index:
        put(index, {"old.md": "apple"})
        path.unlink()
        act(index)
        assert index.healed is not None
        assert "deleted" in index.healed
        put(index, {"a.md": "apple"})
        assert paths(index.search("apple")) == ["a.md"]
        check_integrity(index)
    with Index(path) as index:
        assert paths(index.search("apple")) == ["a.md"]


def test_directory_deleted_under_an_open_connection(path: Path) -> None:
    with Index(path) as index:
        for file in path.parent.iterdir():
            file.unlink()
        path.parent.rmdir()
        assert index.listing(STORE) == ({}, 0)
        assert path.exists()


@pytest.mark.parametrize("act", ACTIONS)
def test_replaced_under_an_open_connection(
    path: Path, tmp_path: Path, act: Callable[[Index], object]
) -> None:
    with Index(tmp_path / "new.db") as new:
        put(new, {"new.md": "apple"}, OTHER)
    with Index(path) as index:
        put(index, {"old.md": "apple"})
        (tmp_path / "new.db").replace(path)
        act(index)
        assert index.healed is not None
        assert "replaced" in index.healed
        assert paths(index.search("apple agent:tester")) == ["new.md"]
        check_integrity(index)


def test_replaced_by_something_else_under_an_open_connection(path: Path, tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"no database at all" * 100)
    with Index(path) as index:
        (tmp_path / "no.db").replace(path)
        put(index, {"a.md": "apple"})
        assert index.healed is not None
        assert "broken" in index.healed
        assert paths(index.search("apple")) == ["a.md"]


@pytest.mark.parametrize("act", ACTIONS)
def test_tables_lost_under_an_open_connection(path: Path, act: Callable[[Index], object]) -> None:
    with Index(path) as index:
        put(index, {"old.md": "apple"})
        with closing(sqlite3.connect(path)) as db:
            db.executescript("DROP TABLE documents; DROP TABLE stores; DROP TABLE fulltext")
        act(index)
        assert index.healed is not None
        put(index, {"a.md": "apple"})
        assert paths(index.search("apple")) == ["a.md"]
        check_integrity(index)


def test_pages_damaged_under_an_open_connection(path: Path) -> None:
    with Index(path) as index:
        put(index, {f"{n}.md": f"apple {n} " * 50 for n in range(200)})
        with closing(sqlite3.connect(path)) as db:
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            db.execute("PRAGMA user_version")
        with path.open("r+b") as file:
            file.write(b"\xa5" * path.stat().st_size)
        index._file._db.execute("PRAGMA shrink_memory")
        assert index.listing(STORE) == ({}, 0)
        assert index.healed is not None


def test_another_healer_came_first(path: Path) -> None:
    with Index(path) as first, Index(path) as second:
        put(first, {"old.md": "apple"})
        with closing(sqlite3.connect(path)) as db:
            db.execute("DROP TABLE documents")
        first.search("apple")
        put(first, {"a.md": "apple"})
        put(second, {"b.md": "apple"})
        assert paths(first.search("apple")) == paths(second.search("apple")) == ["a.md", "b.md"]
        assert len(list(path.parent.glob("*broken*"))) == 1


def test_no_place_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(MemorydError) as caught:
        Index(tmp_path / "file" / "index.db")
    assert str(tmp_path / "file" / "index.db") in caught.value.message
    assert caught.value.hint


def test_locked_for_good_is_said_and_not_healed(path: Path) -> None:
    with Index(path) as index, closing(sqlite3.connect(path, isolation_level=None)) as other:
        put(index, {"a.md": "apple"})
        other.execute("BEGIN IMMEDIATE")
        index._file._db.execute("PRAGMA busy_timeout = 10")
        with pytest.raises(MemorydError, match="locked") as caught:
            put(index, {"b.md": "berry"})
        assert caught.value.hint == "another process is writing to it: try again"
        assert paths(index.search("apple")) == ["a.md"]
        other.execute("ROLLBACK")
        put(index, {"b.md": "berry"})
        assert index.healed is None


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
