"""How fast memory is indexed and searched: run with `pytest -m slow tests/benchmarks -s`.

Ratios of processor time to a floor that is measured in turn with it: what reading, hashing and plain SQLite
with FTS5 take. Seconds differ between machines and are only printed.
"""

import hashlib
import os
import random
import resource
import shutil
import sqlite3
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from benchmarks.grown import VOCABULARY, Chance, grow, measure, memoryd_command
from support import needs_git, python

from memoryd.adapters.search.index import Index
from memoryd.domain.stores.store import Store, agent_store
from memoryd.services.search.update_index import sync

pytestmark = [pytest.mark.slow, needs_git]

COLD_TARGET, SAME_TARGET = 2.2, 1.3  # what is aimed at
QUERY_TARGET = 100  # ms, for 99 of 100
COLD_GUARD, SAME_GUARD, QUERY_GUARD = 4.5, 1.8, 4.0  # what is held today
BEYOND = 0.1  # seconds beyond that: plain SQLite reads no file found, no forms of words, no filters
CHANGED_GUARD, BURST_GUARD = 0.25, 3.0  # seconds of processor time: far above what is measured
ROUNDS = 3


def say(line: str) -> None:
    sys.stdout.write(f"  {line}\n")


def stores_in(root: Path) -> list[Store]:
    return [agent_store(str(path), user=False) for path in sorted(root.glob("*/.claude/agent-memory/*"))]


def timed(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def drop(path: Path) -> None:
    for each in path.parent.glob(f"{path.name}*"):
        each.unlink()


def floor(stores: Sequence[Store], path: Path) -> None:
    """Read, hash and write all files to plain SQLite and FTS5 of the same settings."""
    drop(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as db:
        db.executescript("""
            PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL;
            CREATE TABLE documents (
                id INTEGER PRIMARY KEY, path TEXT UNIQUE, digest, inode, size, mtime, ctime
            );
            CREATE VIRTUAL TABLE fulltext USING fts5 (body, tokenize = 'unicode61 remove_diacritics 2');
            INSERT INTO fulltext (fulltext, rank) VALUES ('rank', 'bm25(1.0)'), ('hashsize', 4194304),
                ('automerge', 0), ('crisismerge', 64);
        """)
        number = 0
        for store in stores:
            rows, texts = [], []
            with os.scandir(store.root) as entries:
                for entry in entries:
                    status = entry.stat()
                    descriptor = os.open(entry.path, os.O_RDONLY)
                    raw = os.read(descriptor, status.st_size + 1)
                    os.close(descriptor)
                    number += 1
                    signature = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                    digest = hashlib.blake2b(raw, digest_size=16).digest()
                    rows.append((number, entry.path, digest, *signature))
                    texts.append((number, raw.decode()))
            db.execute("BEGIN IMMEDIATE")
            db.executemany("INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            db.executemany("INSERT INTO fulltext (rowid, body) VALUES (?, ?)", texts)
            db.execute("COMMIT")


def walk(stores: Sequence[Store]) -> None:
    for store in stores:
        with os.scandir(store.root) as entries:
            for entry in entries:
                if not entry.is_dir(follow_symlinks=False):
                    entry.stat()


def cold(stores: Sequence[Store], path: Path) -> None:
    drop(path)
    with Index(path) as index:
        sync(stores, index, None)


def test_cold(tmp_path: Path) -> None:
    stores = stores_in(grow(tmp_path / "memory", stores=100).root)
    pairs = [
        (
            timed(lambda: floor(stores, tmp_path / "floor.db")),
            timed(lambda: cold(stores, tmp_path / "index.db")),
        )
        for _ in range(ROUNDS)
    ]
    plain, made = (statistics.median(column) for column in zip(*pairs, strict=True))
    say(f"cold, 10,000 files: {made:.2f} s, {made / plain:.2f} × (target {COLD_TARGET} ×)")
    assert made / plain <= COLD_GUARD


class Recorded:
    """Takes what is recorded, and keeps nothing: the history has a price of its own."""

    def present(self, _root: str) -> tuple[str, ...]:
        return ()

    def was_purged_since(self, _seconds: float) -> bool:
        return False

    def observe_all(self, _files: object) -> None:
        return


def indexed(stores: Sequence[Store], path: Path) -> Index:
    index = Index(path)
    look(stores, index)
    return index


def look(stores: Sequence[Store], index: Index) -> None:
    sync(stores, index, Recorded())  # type: ignore[arg-type]


def bare_query(db: sqlite3.Connection, query: str) -> None:
    words = query.split()
    match = (" AND " if len(words) <= 3 else " OR ").join(words)  # as `query.read_query` has it
    sql = "SELECT rowid FROM fulltext WHERE fulltext MATCH ? ORDER BY rank LIMIT 10"
    db.execute(sql, [match]).fetchall()


def test_nothing_changed(tmp_path: Path) -> None:
    stores = stores_in(grow(tmp_path / "memory", stores=100).root)
    time.sleep(2.1)  # no file is too fresh to be trusted
    with indexed(stores, tmp_path / "index.db") as index:
        pairs = [
            (timed(lambda: walk(stores)), timed(partial(look, stores, index))) for _ in range(3 * ROUNDS)
        ]
    walked, looked = (statistics.median(column) for column in zip(*pairs, strict=True))
    say(
        f"nothing changed, 10,000 files: {looked * 1e3:.0f} ms, {looked / walked:.2f} ×"
        f" scandir and stat (target {SAME_TARGET} ×)"
    )
    assert looked / walked <= SAME_GUARD


def test_growth_queries_and_changes(tmp_path: Path) -> None:
    rows = []
    for count in (10, 100, 500):
        place = tmp_path / str(count)
        stores = stores_in(grow(place / "memory", stores=count).root)
        start = time.process_time()
        with indexed(stores, place / "index.db") as index:
            rows.append((count * 100, time.process_time() - start, (place / "index.db").stat().st_size))
            if count == 500:
                measure_queries(index, place / "index.db", "2 words that most files hold", few_words())
                measure_changes(index, stores)
        shutil.rmtree(place)
    say(f"growth: {', '.join(f'{n:,} files {s:.1f} s, {size / 2**20:.0f} MiB' for n, s, size in rows)}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    say(f"peak memory of this process: {peak / 1024:.0f} MiB")
    assert rows[-1][1] < rows[0][1] * 50 * 1.6  # fifty times the files are little more than that in work


def test_queries_of_people(tmp_path: Path) -> None:
    stores = stores_in(grow(tmp_path / "memory", stores=500, language=True).root)
    chance = Chance(3)
    chance.language = True
    idle = set(VOCABULARY[:60])  # nobody looks for these
    with indexed(stores, tmp_path / "index.db") as index:
        for count, filters in ((1, ""), (2, ""), (3, ""), (6, ""), (2, " type:project agent:agent-7")):
            queries = [
                " ".join([word for word in chance.words(20 * count) if word not in idle][:count])
                for _ in range(100)
            ]
            name = f"{count} words of a language{' with filters' if filters else ''}"
            measure_queries(index, tmp_path / "index.db", name, queries, filters)


def measure_queries(index: Index, path: Path, name: str, queries: Sequence[str], filters: str = "") -> None:
    ours, bare = [], []
    with closing(sqlite3.connect(path)) as db:
        for query in queries:
            bare.append(timed(partial(bare_query, db, query)))
            ours.append(timed(partial(index.search, query + filters)))
    middle, plain = statistics.median(ours), statistics.median(bare)
    p99, plain_p99 = (statistics.quantiles(column, n=100)[98] for column in (ours, bare))
    say(
        f"query of {name}, 50,000 files: median {middle * 1e3:.1f} ms, p99 {p99 * 1e3:.1f} ms"
        f" (target {QUERY_TARGET} ms); bare sqlite3 {plain * 1e3:.1f} and {plain_p99 * 1e3:.1f} ms,"
        f" {middle / plain:.1f} and {p99 / plain_p99:.1f} ×"
    )
    assert p99 <= QUERY_GUARD * plain_p99 + BEYOND


def few_words() -> list[str]:
    """Queries of which most files hold every word."""
    chance = random.Random(3)  # noqa: S311  # the same queries every time
    words = ["server", "worker", "branch", "table", "release", "client", "token", "limit", "script", "column"]
    return [" ".join(chance.sample(words, 2)) for _ in range(60)]


def measure_changes(index: Index, stores: Sequence[Store]) -> None:
    spans = []
    for number in range(200):
        store = stores[number * 7 % len(stores)]
        Path(store.root, "build-cleanup.md").write_text(f"# Changed {number}\n\n- once more\n")
        spans.append(timed(partial(look, [store], index)))
    say(
        f"one changed file of 50,000: median {statistics.median(spans) * 1e3:.1f} ms,"
        f" worst of 200 {max(spans) * 1e3:.1f} ms"
    )
    assert sorted(spans)[-3] < CHANGED_GUARD
    for number in range(1000):
        Path(stores[number % 20].root, f"burst-{number}.md").write_text(f"zebra{number}\n")
    spent = timed(partial(look, stores[:20], index))
    say(f"burst of 1,000 writes in 20 stores: {spent:.2f} s")
    assert spent < BURST_GUARD
    assert all(index.search(f"zebra{number}") for number in range(0, 1000, 37)), "none is lost"


def test_whole_process(tmp_path: Path) -> None:
    grow(tmp_path / "memory", stores=20)
    commands = [
        memoryd_command("history", "path"),
        memoryd_command("search", "--json", "server", "release"),
        python("-c", "pass"),
    ]
    project = tmp_path / "memory" / "project-0"
    start, query, bare = measure(commands, project, rounds=5)
    say(
        f"`memoryd search`, 2,000 files: {query.cpu:.2f} s; a command that does nothing {start.cpu:.2f} s,"
        f" {query.cpu / start.cpu:.2f} ×; bare interpreter {bare.cpu:.3f} s"
    )
    assert query.cpu / start.cpu <= 2.5
