"""`log`, `diff`, `cat`, `restore`, `undo` and `history`, as people type them."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, Terminal, memoryd, project_store

INDEX = ".claude/agent-memory/reviewer/MEMORY.md"
STORE = ".claude/agent-memory/reviewer"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n", "topic.md": "- b\n"})
    assert memoryd("log", cwd=tmp_path).code == 0
    return tmp_path


def overwrite(project: Path) -> None:
    """Two agents: the second one writes from a reading of before the first one wrote."""
    index = project / INDEX
    index.write_text("- a\n- the cache key holds the locale\n")
    memoryd("log", cwd=project)
    index.write_text("- a\n- ask Ann about billing\n")


def test_log_tells_who_did_what_the_newest_first(project: Path) -> None:
    (project / INDEX).write_text(OVER_LIMIT)
    memoryd("compact", "--apply", cwd=project)
    done = memoryd("log", cwd=project)
    assert (done.code, done.err) == (0, "")
    heads = [line[21:] for line in done.out.splitlines() if not line.startswith(" ")]
    assert heads[0].startswith("compact, operation 1: move ")
    assert heads[1:] == ["changed outside", "first seen"]
    assert f"  create  {INDEX}  @1  +1 -0\n" in done.out
    assert memoryd("log", "--limit", "1", cwd=project).err == "2 earlier events: --limit 0 shows all\n"


def test_log_of_a_file_is_about_that_file(project: Path) -> None:
    (project / INDEX).write_text("- c\n")
    done = memoryd("log", f"{STORE}/topic.md", cwd=project)
    assert done.out.splitlines()[1:] == [f"  create  {STORE}/topic.md  @2  +1 -0"]
    assert memoryd("log", "nowhere.md", cwd=project).code == 2


def test_log_shows_diffs_that_git_can_apply(project: Path) -> None:
    (project / INDEX).write_text("- c\n")
    assert f"--- a/{INDEX}\n+++ b/{INDEX}\n@@ -1 +1 @@\n-- a\n+- c\n" in memoryd("log", "-p", cwd=project).out


def test_log_is_data_for_machines(project: Path) -> None:
    (project / INDEX).write_text(OVER_LIMIT)
    memoryd("compact", "--apply", cwd=project)
    first, second, third = json.loads(memoryd("log", "--json", cwd=project).out)["events"]
    assert (first["operation"], first["cause"], first["actor"], first["status"]) == (
        1,
        "compact",
        "command",
        "done",
    )
    assert (second["operation"], second["cause"]) == (None, None)
    assert second["files"] == [
        {"path": INDEX, "action": "modify", "version": 3, "before": 1, "added": 241, "removed": 1, "lost": []}
    ]
    assert [each["action"] for each in third["files"]] == ["create", "create"]


def test_diff_shows_the_last_change_or_all_since_or_between(project: Path) -> None:
    for text in ("- b\n", "- c\n"):
        (project / INDEX).write_text(text)
        memoryd("log", cwd=project)
    assert memoryd("diff", INDEX, cwd=project).out.endswith("@@ -1 +1 @@\n-- b\n+- c\n")
    assert memoryd("diff", f"{INDEX}@1", cwd=project).out.endswith("@@ -1 +1 @@\n-- a\n+- c\n")
    assert memoryd("diff", f"{INDEX}@4", f"{INDEX}@1", cwd=project).out.endswith("@@ -1 +1 @@\n-- c\n+- a\n")
    assert memoryd("diff", f"{INDEX}@now", cwd=project).out == ""
    (project / STORE / "topic.md").unlink()
    whole = memoryd("diff", f"{STORE}@1 hour ago", cwd=project).out
    assert f"+++ b/{INDEX}\n" in whole
    assert "topic.md" not in whole
    for wrong in ([STORE], [f"{INDEX}@99"], [f"{INDEX}@soon"], [f"{STORE}@now", INDEX]):
        assert memoryd("diff", *wrong, cwd=project).code == 2


def test_cat_prints_a_version_byte_for_byte(project: Path) -> None:
    raw = b"\xef\xbb\xbfcaf\xc3\xa9\r\n\x1b[31m no end"
    (project / INDEX).write_bytes(raw)
    assert memoryd("cat", INDEX, cwd=project).out.encode() == raw
    assert memoryd("cat", f"{INDEX}@1", cwd=project).out == "- a\n"
    (project / INDEX).unlink()
    assert memoryd("cat", INDEX, cwd=project).out.encode() == raw
    assert "was gone" in memoryd("cat", f"{INDEX}@now", cwd=project).err
    assert "\\x1b" in Terminal("cat", INDEX, cwd=project).finish().out


def test_restore_brings_a_deleted_file_back(project: Path) -> None:
    (project / STORE / "topic.md").unlink()
    done = memoryd("restore", f"{STORE}/topic.md", cwd=project)
    assert (done.code, done.out) == (0, f"create  {STORE}/topic.md\n")
    assert done.err == "done as operation 1; `memoryd undo 1` takes it back\n"
    assert (project / STORE / "topic.md").read_text() == "- b\n"
    memoryd("undo", cwd=project)
    assert not (project / STORE / "topic.md").exists()


def test_restore_knows_an_at_that_belongs_to_a_deleted_name(project: Path) -> None:
    topic = project / STORE / "ann@home.md"
    topic.write_text("- h\n")
    memoryd("log", cwd=project)
    topic.unlink()
    assert memoryd("cat", f"{STORE}/ann@home.md", cwd=project).out == "- h\n"
    assert memoryd("restore", f"{STORE}/ann@home.md@3", cwd=project).code == 0
    assert topic.read_text() == "- h\n"


def test_restore_takes_a_file_once(project: Path) -> None:
    (project / INDEX).write_text("- c\n")
    done = memoryd("restore", f"{INDEX}@1", INDEX, cwd=project)
    assert (done.code, done.err) == (
        2,
        f"error: {INDEX} is named twice\n  hint: name each file once\n",
    )


def test_log_tells_of_a_deleted_store_beside_others(project: Path) -> None:
    project_store(project, "writer", {"MEMORY.md": "- w\n"})
    memoryd("log", cwd=project)
    shutil.rmtree(project / STORE)
    assert f"  delete  {INDEX} " in memoryd("log", "--limit", "1", cwd=project).out


def test_what_is_there_now_does_not_depend_on_the_clock(project: Path) -> None:
    (project / INDEX).write_text("- c\n")
    memoryd("log", cwd=project)
    path = memoryd("history", "path", cwd=project).out.strip()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE versions SET time = '2999-01-01T00:00:00.000+00:00' WHERE id = 3")
        connection.commit()
    assert memoryd("diff", INDEX, cwd=project).out.endswith("@@ -1 +1 @@\n-- a\n+- c\n")


def test_restore_takes_versions_and_moments(project: Path) -> None:
    (project / INDEX).write_text("- c\n")
    memoryd("restore", f"{INDEX}@1", cwd=project)
    assert (project / INDEX).read_text() == "- a\n"
    memoryd("restore", INDEX, cwd=project)
    assert (project / INDEX).read_text() == "- c\n"
    same = memoryd("restore", f"{INDEX}@now", cwd=project)
    assert (same.code, same.err) == (0, "nothing to restore: all is as it was then\n")
    value = json.loads(memoryd("restore", f"{INDEX}@1", "--json", cwd=project).out)
    assert ([each["action"] for each in value["plan"]], value["operation"]) == (["modify"], 3)


def test_restore_brings_a_deleted_store_back(project: Path) -> None:
    shutil.rmtree(project / ".claude")
    assert memoryd("restore", STORE, cwd=project).code == 0
    assert (project / INDEX).read_text() == "- a\n"
    assert (project / STORE / "topic.md").read_text() == "- b\n"
    assert "which of its states" in memoryd("restore", STORE, cwd=project).err


def test_restore_at_a_moment_leaves_or_deletes_what_came_since(project: Path) -> None:
    value = json.loads(memoryd("log", "--json", cwd=project).out)
    moment = value["events"][0]["time"]
    (project / STORE / "new.md").write_text("- n\n")
    (project / INDEX).write_text("- c\n")
    done = memoryd("restore", STORE, "--at", moment, cwd=project)
    assert done.err.startswith("1 file that came since stays; --delete removes them\n")
    assert (project / INDEX).read_text() == "- a\n"
    memoryd("restore", STORE, "--at", moment, "--delete", cwd=project)
    assert not (project / STORE / "new.md").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--lost", "--at", "now", STORE),
        ("--delete", STORE),
        ("--at", "now", f"{INDEX}@1"),
        ("--at", "soon", STORE),
        (f"{STORE}@7",),
        (".claude/elsewhere",),
    ],
)
def test_what_restore_cannot_do_is_2(project: Path, arguments: tuple[str, ...]) -> None:
    done = memoryd("restore", *arguments, cwd=project)
    assert (done.code, done.out) == (2, "")
    assert (project / INDEX).read_text() == "- a\n"


def test_a_lost_update_is_told_and_can_be_mended(project: Path) -> None:
    overwrite(project)
    told = "dropped 1 line added shortly before; `memoryd restore --lost"
    assert told in memoryd("log", cwd=project).out
    assert told in memoryd("status", cwd=project).out
    assert "  - the cache key holds the locale\n" in memoryd("show", "reviewer", cwd=project).out
    status = json.loads(memoryd("status", "--json", cwd=project).out)
    assert status["stores"][0]["lost"] == [
        {"path": INDEX, "version": 4, "entries": ["- the cache key holds the locale"]}
    ]
    assert memoryd("restore", "--lost", INDEX, cwd=project).code == 0
    assert (project / INDEX).read_text() == "- a\n- the cache key holds the locale\n- ask Ann about billing\n"
    assert "dropped" not in memoryd("status", cwd=project).out + memoryd("log", cwd=project).out


def test_status_makes_no_history(tmp_path: Path, home: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    assert memoryd("status", cwd=tmp_path).code == 0
    assert not (home / ".local").exists()


def test_the_history_can_be_found_and_verified(project: Path) -> None:
    path = Path(memoryd("history", "path", cwd=project).out.strip())
    assert path.read_bytes().startswith(b"SQLite format 3\0")
    assert (
        memoryd("history", "verify", cwd=project).err == "2 contents, 2 versions, 0 operations: all whole\n"
    )
    assert memoryd("history", "expire", cwd=project).err == (
        "0 versions, 0 operations, 0 contents let go, 0 KiB\n"
    )


def test_a_damaged_history_is_1_and_named(project: Path) -> None:
    path = memoryd("history", "path", cwd=project).out.strip()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE contents SET data = x'00'")
        connection.commit()
    done = memoryd("history", "verify", cwd=project)
    assert done.code == 1
    assert f"version 1 of {project / INDEX} is lost" in done.out
    assert done.err.startswith("2 damages found")
    assert "is damaged" in memoryd("cat", f"{INDEX}@1", cwd=project).err
    done = memoryd("log", cwd=project)
    assert (done.code, done.out.count("its content is damaged")) == (0, 2)
    Path(path).write_bytes(b"no database" * 100)
    status = memoryd("status", cwd=project)
    assert status.code == 0
    assert "nothing is known of lost updates" in status.err
    assert "put a backup in its place" in memoryd("log", cwd=project).err
