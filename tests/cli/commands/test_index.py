import re
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import COMMAND, memoryd, project_store
from house.documentation import text_of

HEAD = "---\nname: Cache\ntype: project\nmodified: 2026-02-03\n---\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(
        tmp_path,
        "reviewer",
        {
            "MEMORY.md": "- [Cache](cache.md) — the cache\n",
            "cache.md": f"{HEAD}\n## Release\n\n- warm it\n  early\n",
            "alone.md": "See [[Cache]] and [gone](gone.md).\n",
        },
    )
    return tmp_path


def database(project: Path) -> Path:
    return Path(memoryd("index", "path", cwd=project).out.strip())


def test_rebuild_says_what_there_is(project: Path) -> None:
    done = memoryd("index", "rebuild", cwd=project)
    assert (done.code, done.out, done.err) == (0, "3 documents of 1 store indexed\n", "")
    assert database(project).is_file()
    with closing(sqlite3.connect(database(project))) as db:
        db.execute("DELETE FROM documents")
        db.commit()
    assert memoryd("index", "rebuild", cwd=project).out == "3 documents of 1 store indexed\n"
    assert "cache.md:9" in memoryd("search", "warm", cwd=project).out


def test_a_true_index_is_said_to_be(project: Path) -> None:
    memoryd("search", "warm", cwd=project)
    done = memoryd("index", "verify", cwd=project)
    assert (done.code, done.out, done.err) == (0, "", "3 documents of 1 store: the index is correct\n")


def test_a_file_that_changed_since_is_no_fault(project: Path) -> None:
    memoryd("search", "warm", cwd=project)
    project_store(project, "reviewer", {"cache.md": "cold\n"})
    done = memoryd("index", "verify", cwd=project)
    assert done.code == 0
    assert "1 file has changed since: the next search reads them" in done.err


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        ("UPDATE documents SET title = 'x' WHERE path = 'cache.md'", "reviewer/cache.md: title\n"),
        ("DELETE FROM fulltext WHERE rowid = 1", "searched"),
        ("UPDATE fulltext_content SET c3 = 'something else' WHERE id = 1", "full-text"),
        (
            "INSERT INTO signatures VALUES (99, x'', 1, 1, 1, 1, 1, '')",
            "1 rows in signatures belong to nothing",
        ),
    ],
)
def test_what_is_not_true_is_named(project: Path, harm: str, said: str) -> None:
    memoryd("search", "warm", cwd=project)
    past = 10**18
    with closing(sqlite3.connect(database(project))) as db:
        db.execute(harm)
        # as if all had been read long after they were written
        db.execute("UPDATE signatures SET read_at_ns = read_at_ns + ?", [past])
        db.execute("UPDATE stores SET scanned_at_ns = scanned_at_ns + ?", [past])
        db.commit()
    done = memoryd("index", "verify", cwd=project)
    assert done.code == 1
    assert said in done.out
    assert "`memoryd index rebuild` rebuilds the index" in done.err
    memoryd("index", "rebuild", cwd=project)
    assert memoryd("index", "verify", cwd=project).code == 0


def test_a_damaged_file_is_replaced_and_said(project: Path) -> None:
    memoryd("search", "warm", cwd=project)
    database(project).write_bytes(b"nothing" * 1000)
    done = memoryd("search", "warm", cwd=project)
    assert "cache.md:9" in done.out
    assert done.err.startswith("note: ")


def test_the_views_and_the_examples_of_the_topic(project: Path) -> None:
    memoryd("search", "warm", cwd=project)
    section = text_of("searching")
    with closing(sqlite3.connect(database(project))) as db:
        for view, columns in re.findall(r"^\| `(\w+)` \| (`document`.*) \|$", section, re.MULTILINE):
            names = {row[1] for row in db.execute(f"PRAGMA table_info({view})")}
            outside = re.sub(r"\([^)]*\)", "", columns)
            assert set(re.findall(r"`(\w+)`", outside)) == names, view
        (examples,) = re.findall(r"```sql\n(.*?)```", section, re.DOTALL)
        biggest, lonely, release = [db.execute(each).fetchall() for each in examples.split(";")[:3]]
        links = db.execute(
            "SELECT line, kind, destination, leads_to FROM links ORDER BY document, line, kind"
        )
        assert sorted(links.fetchall(), key=str) == [
            (1, "link", "cache.md", "cache.md"),
            (1, "link", "gone.md", None),
            (1, "wiki", "Cache", "cache.md"),
        ]
        keys = db.execute("SELECT key, value FROM front_matter ORDER BY key").fetchall()
        assert keys == [("modified", "2026-02-03"), ("name", "Cache"), ("type", "project")]
    assert [row[:2] for row in biggest] == [("reviewer", "cache.md"), ("reviewer", "alone.md")]
    assert [Path(row[0]).name for row in lonely] == ["alone.md"]
    assert [(Path(row[0]).name, *row[1:]) for row in release] == [("cache.md", 9, "- warm it\n  early")]


def test_filters_are_options_and_words(project: Path) -> None:
    for narrowed in (["type:project"], ["--type", "Project", "warm"], ["since:2026-02", "before:2026-03"]):
        assert memoryd("search", *narrowed, cwd=project).out.count("(reviewer, project)") == 1
    assert memoryd("search", "--path", "reviewer/al*", "see", cwd=project).out.count("alone.md:1") == 1
    assert (
        memoryd("search", "cache", "-path:cache.md", "-path:alone", cwd=project).out.count("MEMORY.md:1") == 1
    )
    assert memoryd("search", "agent:nobody", "warm", cwd=project).err == "nothing found\n"


def test_a_day_that_is_none_is_an_error_as_an_option_and_text_in_the_query(project: Path) -> None:
    done = memoryd("search", "warm", "--since", "soon", cwd=project)
    assert done.code == 2
    assert '--since: invalid date "soon"' in done.err
    assert memoryd("search", "since:soon", cwd=project).code == 0


def test_a_search_writes_nothing_into_a_store(project: Path) -> None:
    root = project / ".claude"
    before = {path: path.stat().st_mtime_ns for path in root.rglob("*")}
    memoryd("search", "warm", cwd=project)
    memoryd("index", "rebuild", cwd=project)
    assert {path: path.stat().st_mtime_ns for path in root.rglob("*")} == before


def test_several_at_once_do_not_fail(project: Path) -> None:
    commands = [("search", "warm"), ("index", "rebuild"), ("search", "cache"), ("index", "verify")]
    running = [
        subprocess.Popen([*COMMAND, *command], cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for command in commands
    ]
    ended = [(process.communicate(timeout=120), process.returncode) for process in running]
    assert {code for _, code in ended} <= {0, 1}, ended
    assert memoryd("index", "verify", cwd=project).code == 0
