"""What commands cost beside their floors: run with `pytest -m slow tests/benchmarks/test_speed_table.py -s`.

Processor time, medians of runs in turn. The floor of most rows is `python -c pass` of the same run, so that
ratios travel between machines; others stand beside lychee, plain SQLite, or `scandir` and `stat`. Text has
tables, quotes and HTML, CJK, and words as frequent as in language. `-k` chooses rows.
"""

import os
import sqlite3
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from benchmarks.grown import (
    Chance,
    Median,
    beside_python,
    grow,
    lychee,
    lychee_command,
    measure,
    memoryd_command,
)
from benchmarks.test_daemon_idle import grow as grow_user
from benchmarks.test_speed_of_index import cold, floor, indexed, look, stores_in, timed, walk
from cli.program import project_store
from support import needs_git, python

from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.domain.stores.store import Store
from memoryd.services.search.update_index import sync

pytestmark = [pytest.mark.slow, needs_git]

BARE = python("-c", "pass")
QUICK = ("--select", "S,L,F")  # families that look at one file and its links
SHORT = (
    "--help",
    "rule L001",
    "history path",
    "check .",
    "link-check",
    "show reviewer",
    "status",
    "compact --diff",
    "prune --diff",
    "dedupe --diff",
    "log -n 5",
    "search fact",
    "ls",
)
FOUND = ("check", "--exit-zero")


@pytest.fixture(autouse=True)
def _compiled(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules are compiled once, by the round that does not count."""
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.getbasetemp() / "compiled"))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)


def row(name: str, target: float, cost: float, beside: float, what: str = "python -c pass") -> None:
    """Print one row of the table: seconds, their ratio to the floor, and the ratio that is aimed at."""
    sys.stdout.write(
        f"\n  {name:<48} {cost * 1e3:10.1f} ms {cost / beside:9.2f} × {what:<16} (target {target:g} ×)"
    )


def rows(
    cwd: Path, commands: Sequence[tuple[str, float, Sequence[str]]], rounds: int = 5
) -> Sequence[Median]:
    """Measure whole commands beside a bare interpreter, each warm from the round that does not count."""
    bare, *found = measure([BARE, *(memoryd_command(*each[2]) for each in commands)], cwd, rounds)
    for (name, target, _), median in zip(commands, found, strict=True):
        row(name, target, median.cpu, bare.cpu)
    return found


def test_check_one_file(tmp_path: Path) -> None:
    root = grow(tmp_path / "memory", stores=1, files=143, language=True, tables=True).root
    (file, *_) = sorted(root.rglob("build-*.md"))
    time.sleep(2.1)  # no file is too fresh to be trusted
    rows(
        tmp_path,
        (
            ("check FILE of 143 (S, L, F)", 10, (*FOUND, *QUICK, str(file))),
            ("check FILE of 143", 15, (*FOUND, str(file))),
        ),
        15,
    )


def test_start(tmp_path: Path) -> None:
    index = "# Memory\n\n- [Build](build.md) — how we build\n- a fact\n"
    project_store(tmp_path, "reviewer", {"MEMORY.md": index, "build.md": "# Build\n"})
    rows(tmp_path, [(f"start: {line}", 8, line.split()) for line in SHORT], 9)


def test_check_thousand_files(tmp_path: Path) -> None:
    root = grow(tmp_path / "memory", stores=10, language=True, tables=True).root
    time.sleep(2.1)  # no file is too fresh to be trusted
    cold, warm = rows(
        root,
        (
            ("check 1,000 files, cold", 90, (*FOUND, "--no-cache", ".")),
            ("check 1,000 files, warm", 18, (*FOUND, ".")),
        ),
        2,
    )
    if rumdl := beside_python("rumdl"):  # which looks at the form of Markdown, on all cores
        command = [rumdl, "check", "--silent", "."]
        theirs = measure([[*command, "--no-cache"], command], root, 3)
        for name, ours, other in zip(("cold", "warm"), (cold, warm), theirs, strict=True):
            row(f"check 1,000 files, {name}", 1.7 if name == "cold" else 1, ours.cpu, other.cpu, "rumdl")


def test_check_an_index_over_its_limit(tmp_path: Path) -> None:
    write_topics(tmp_path, 1_000)
    rows(tmp_path, (("check, index of 1,000 topics", 90, (*FOUND, "--no-cache", ".")),), 2)


@pytest.mark.parametrize(("stores", "files", "target"), [(100, 100, 1.1), (1, 143, 3.0)])
def test_link_check(tmp_path: Path, stores: int, files: int, target: float) -> None:
    program = lychee()
    if program is None:
        pytest.skip("lychee is not installed: pip install memoryd[benchmarks]")
    root = grow(tmp_path / "memory", stores=stores, files=files).root
    time.sleep(2.1)  # no file is too fresh to be trusted
    other, links = measure(
        [lychee_command(program, root), memoryd_command("link-check", "--exit-zero", str(root))], root, 3
    )
    row(f"link-check, {stores * files:,} files", target, links.cpu, other.cpu, "lychee")


@pytest.mark.parametrize(
    ("name", "target", "stores", "files", "script"),
    [
        ("plain", 1.5, 30, 100, ""),
        ("CJK", 2.0, 30, 100, "cjk"),
        ("stores of 10 files", 1.8, 300, 10, ""),
        ("with history", 2.2, 30, 100, ""),
    ],
)
def test_cold_index(  # noqa: PLR0913, PLR0917  # a row
    tmp_path: Path, name: str, target: float, stores: int, files: int, script: str
) -> None:
    grown = grow(tmp_path / "memory", stores, files, language=True, tables=True, script=script)
    found = stores_in(grown.root)
    pairs = []
    for number in range(3):
        plain = timed(partial(floor, found, tmp_path / "floor.db"))
        if name == "with history":
            work = partial(_with_history, found, tmp_path / f"{number}")
        else:
            work = partial(cold, found, tmp_path / "index.db")
        pairs.append((plain, timed(work)))
    bare, ours = (min(column) for column in zip(*pairs, strict=True))
    row(f"cold index, {stores * files:,} files, {name}", target, ours, bare, "plain SQLite")


def _with_history(stores: Sequence[Store], place: Path) -> None:
    place.mkdir()
    with History(place / "history.db", "command") as history, Index(place / "index.db") as index:
        sync(stores, index, history)


def test_nothing_changed(tmp_path: Path) -> None:
    found = stores_in(grow(tmp_path / "memory", stores=1000, files=10).root)
    time.sleep(2.1)  # no file is too fresh to be trusted
    with indexed(found, tmp_path / "index.db") as index:
        pairs = [(timed(partial(walk, found)), timed(partial(look, found, index))) for _ in range(9)]
    walked, looked = (statistics.median(column) for column in zip(*pairs, strict=True))
    row("nothing changed, 1,000 stores", 1.2, looked, walked, "scandir, stat")


def test_queries(tmp_path: Path) -> None:
    found = stores_in(grow(tmp_path / "memory", stores=500, language=True).root)
    chance = Chance(3)
    chance.language = True
    (bare,) = measure([BARE], tmp_path, 5)
    with indexed(found, tmp_path / "index.db") as index:
        for count, filters in ((2, ""), (6, ""), (12, ""), (2, " type:project"), (6, " since:2020")):
            queries = [" ".join(chance.words(count)) + filters for _ in range(60)]
            spans = sorted(timed(partial(index.search, query)) for query in queries)
            row(f"query of {count} words{filters}, 50,000 files, p99", 1.8, spans[-1], bare.cpu)
        spans = []
        for number in range(100):
            store = found[number * 7 % len(found)]
            Path(store.root, "build-cleanup.md").write_text(f"# Changed {number}\n\n- once more\n")
            spans.append(timed(partial(look, [store], index)))
        row("one changed file of 50,000, median", 0.18, statistics.median(spans), bare.cpu)
        row("one changed file of 50,000, worst", 1.8, max(spans), bare.cpu)


def test_queries_beside_tantivy(tmp_path: Path) -> None:
    """The library that is fastest at queries, and only stores the text; a changed file costs it more."""
    tantivy = pytest.importorskip(
        "tantivy", reason="tantivy is not installed: pip install memoryd[benchmarks]"
    )
    found = stores_in(grow(tmp_path / "memory", stores=50, language=True).root)
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("name", stored=True, tokenizer_name="raw")
    schema.add_text_field("body")
    (tmp_path / "other").mkdir()
    other = tantivy.Index(schema.build(), path=str(tmp_path / "other"))

    def write(paths: Sequence[Path]) -> None:
        writer = other.writer()
        for path in paths:
            writer.delete_documents_by_term("name", str(path))
            writer.add_document(tantivy.Document(name=str(path), body=path.read_text()))
        writer.commit()
        writer.wait_merging_threads()
        other.reload()

    def ask(query: str) -> object:
        return other.searcher().search(other.parse_query(query, ["body"]), 10)

    write([path for store in found for path in Path(store.root).iterdir()])
    chance = Chance(3)
    chance.language = True
    with indexed(found, tmp_path / "index.db") as index:
        for count in (2, 6, 12):
            queries = [" ".join(chance.words(count)) for _ in range(60)]
            theirs = [timed(partial(ask, query)) for query in queries]
            ours = [timed(partial(index.search, query)) for query in queries]
            row(f"query of {count} words, 5,000 files, p99", 1, max(ours), max(theirs), "tantivy")
        pairs = []
        for store in found:
            path = Path(store.root, "build-cleanup.md")
            path.write_text("# Changed\n\n- once more\n")
            pairs.append((timed(partial(write, [path])), timed(partial(look, [store], index))))
        theirs, ours = (list(column) for column in zip(*pairs, strict=True))
        row(
            "one changed file of 5,000, median",
            1,
            statistics.median(ours),
            statistics.median(theirs),
            "tantivy",
        )
        row("one changed file of 5,000, worst", 1, max(ours), max(theirs), "tantivy")


@pytest.mark.parametrize(("stores", "files", "target"), [(100, 100, 27), (10_000, 2, 45)])
def test_status(home: Path, monkeypatch: pytest.MonkeyPatch, stores: int, files: int, target: float) -> None:
    monkeypatch.setenv("MEMORYD_ENFORCE", "compact")  # nothing is kept before memoryd is set up
    grow_user(home, stores, files)
    time.sleep(2.1)  # no file is too fresh to be trusted
    rows(home, ((f"status, {stores:,} stores of {files}", target, ("status",)),), 2)


def test_status_of_long_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMORYD_PROJECTS", f"{tmp_path}/*/*")
    monkeypatch.setenv("MEMORYD_ENFORCE", "compact")
    grow(tmp_path / "memory", stores=100, language=True, tables=True)
    time.sleep(2.1)  # no file is too fresh to be trusted
    rows(tmp_path, (("status, 10,000 files of 4 KB", 27, ("status",)),), 2)


def test_prune(tmp_path: Path) -> None:
    root = grow(tmp_path / "memory", stores=100, language=True, tables=True).root
    for number, path in enumerate(sorted(root.rglob("build-*.md"))[::10]):
        done = f"- [x] Task {number} done\n- Frozen (until 2020-01-{number % 28 + 1:02})\n"
        path.write_text(f"{path.read_text()}\n{done}")
    rows(root, (("prune, 10,000 files", 180, ("prune", "--stat", ".")),), 1)


@pytest.mark.parametrize(("topics", "target"), [(1_000, 90), (5_000, 450)])
def test_compact(tmp_path: Path, topics: int, target: float) -> None:
    write_topics(tmp_path, topics)
    rows(tmp_path, ((f"compact, index of {topics:,} topics", target, ("compact", "--diff")),), 1)


def write_topics(project: Path, topics: int) -> None:
    """Write a store whose index file has so many topics, far over its limit."""
    chance = Chance(7)
    chance.language = True
    hooks = "".join(
        f"- [{chance.choice(chance.words(3))} {number}](topic-{number}.md) — {' '.join(chance.words(9))}\n"
        for number in range(topics)
    )
    files = {
        f"topic-{number}.md": f"# Topic {number}\n\n{' '.join(chance.words(12))}.\n"
        for number in range(topics)
    }
    project_store(project, "reviewer", {"MEMORY.md": f"# Memory\n\n{hooks}", **files})


def test_dedupe(tmp_path: Path) -> None:
    from benchmarks.test_dedupe_growth import notes  # noqa: PLC0415  # of one row

    lines = notes(100_000).splitlines(keepends=True)
    files = {f"notes-{number}.md": "".join(lines[number::500]) for number in range(500)}
    index = "".join(f"- [Notes {number}](notes-{number}.md)\n" for number in range(100))
    project_store(tmp_path, "reviewer", {"MEMORY.md": index, **files})
    rows(tmp_path, (("dedupe, 100,000 notes", 1360, ("dedupe", "--stat")),), 1)


def test_long_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name = ".claude/agent-memory/reviewer/MEMORY.md"
    lines = (
        "log -n 5",
        f"log -n 5 {name}",
        f"cat {name}@1",
        f"diff {name}@1",
        f"restore {name}@1",
        "show reviewer",
        "status",
    )
    spans = []
    for count in (2, 100_000):
        place = tmp_path / f"{count}"
        monkeypatch.setenv("HOME", str(place / "home"))
        root = project_store(place / "project", "reviewer", {"MEMORY.md": "- a fact\n"})
        _record_many(root, [f"- fact {number}\n".encode() for number in range(count)])
        spans.append(measure([memoryd_command(*line.split()) for line in lines], place / "project", 3))
    for line, few, many in zip(lines, *spans, strict=True):
        shown = line.replace(name, "FILE")
        row(f"{shown}, one file with 100,000 versions", 2, many.cpu, few.cpu, "two versions")


def _record_many(root: Path, texts: Sequence[bytes]) -> None:
    """Make texts the versions of an index file, a second apart; one transaction for each takes minutes."""
    file = root / "MEMORY.md"
    database = Path(os.environ["HOME"], ".local/state/memoryd/history.db")
    with History(database) as history:
        history.observe(str(root), [(str(file), text) for text in texts])
    with closing(sqlite3.connect(database)) as raw, raw:
        start = f"-{len(texts) + 60} seconds"
        raw.execute(
            "UPDATE versions SET time = strftime('%Y-%m-%dT%H:%M:%S.000+00:00', 'now', ?, id || ' seconds')",
            [start],
        )
    file.write_bytes(texts[-1])
