import json
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, Terminal, called, memoryd, project_store
from support import needs_git

STYLE = re.compile(r"\x1b\[[0-9;]*m")
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
    assert heads[0].startswith("compact, operation 1: MEMORY.md had 241 lines, 37 entries unseen; now ")
    assert heads[1:] == ["changed outside", "first seen"]
    assert f"  create  {INDEX}  @1  +1 -0\n" in done.out
    hidden = memoryd("log", "--limit", "1", cwd=project).err
    assert hidden.startswith("hidden: 3 earlier versions since 2")
    assert hidden.endswith(": --limit 0 shows all\n")


def test_a_compaction_of_several_stores_names_each(tmp_path: Path) -> None:
    for agent in ("one", "two"):
        project_store(tmp_path, agent, {"MEMORY.md": OVER_LIMIT})
    memoryd("compact", "--apply", cwd=tmp_path)
    logged = " ".join(memoryd("log", cwd=tmp_path).out.split())
    assert "compact, operation 1: .claude/agent-memory/one: MEMORY.md had 241 lines" in logged
    assert "; .claude/agent-memory/two: MEMORY.md had 241 lines" in logged


def test_an_operation_is_never_broken_inside_a_word(project: Path) -> None:
    (project / INDEX).write_text(OVER_LIMIT)
    memoryd("compact", "--apply", cwd=project)
    whole = memoryd("log", "--limit", "1", cwd=project).out.partition("\n  modify")[0]
    lines = STYLE.sub("", Terminal("log", "--limit", "1", cwd=project, columns=60).finish().out).splitlines()
    told = lines[: next(number for number, line in enumerate(lines) if line.startswith("  modify"))]
    assert len(told) > 1
    assert max(map(len, told)) <= 60
    assert " ".join(line.strip() for line in told) == whole


def test_log_of_a_file_is_about_that_file(project: Path) -> None:
    (project / INDEX).write_text("- c\n")
    done = memoryd("log", f"{STORE}/topic.md", cwd=project)
    assert done.out.splitlines()[1:] == [f"  create  {STORE}/topic.md  @1  +1 -0"]
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
        {
            "path": INDEX,
            "action": "modify",
            "version": 3,
            "number": 2,
            "before": 1,
            "added": 241,
            "removed": 1,
            "lost": [],
            "returned": [],
        }
    ]
    assert [each["action"] for each in third["files"]] == ["create", "create"]


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


def test_a_lost_update_is_told_and_can_be_mended(project: Path) -> None:
    overwrite(project)
    told = "removed 1 line added shortly before; `memoryd restore --lost"
    assert told in memoryd("log", cwd=project).out
    assert told in memoryd("status", cwd=project).out
    assert "  - the cache key holds the locale\n" in memoryd("show", "reviewer", cwd=project).out
    status = json.loads(memoryd("status", "--json", cwd=project).out)
    assert status["stores"][0]["lost"] == [
        {
            "path": INDEX,
            "version": 4,
            "entries": ["- the cache key holds the locale"],
            "alarm": 1,
            "sign": "stale_write",
        }
    ]
    assert memoryd("restore", "--lost", INDEX, cwd=project).code == 0
    assert (project / INDEX).read_text() == "- a\n- the cache key holds the locale\n- ask Ann about billing\n"
    assert "outdated copy" not in memoryd("status", cwd=project).out + memoryd("log", cwd=project).out


@needs_git
def test_log_tells_what_git_changed(project: Path) -> None:
    def git(*arguments: str) -> None:
        who = ["-c", "user.name=Ann", "-c", "user.email=a@example.org"]
        subprocess.run(["git", *who, *arguments], cwd=project, check=True, capture_output=True)

    git("init", "-q", "-b", "main")
    git("add", "-A")
    git("commit", "-qm", "one")
    git("checkout", "-qb", "side")
    (project / INDEX).write_text("- side\n")
    assert called("log", cwd=project).code == 0
    git("commit", "-qam", "two")
    git("checkout", "-q", "main")
    done = called("log", cwd=project)
    assert "changed by git" in done.out.splitlines()[0]
    assert "changed outside" in done.out
    events = json.loads(called("log", "--json", cwd=project).out)["events"]
    assert [each["actor"] for each in events[:2]] == ["git", None]


def test_log_tells_of_removed_lines_that_come_back(project: Path) -> None:
    index = project / INDEX
    for text in ("- a\n- b\n- old\n", "- a\n- b\n", "- a\n- b\n- old\n- new\n"):
        index.write_text(text)
        assert called("log", cwd=project).code == 0
    told = "a write from an outdated copy brought back 1 line that version @3 removed"
    assert told in called("log", cwd=project).out
    events = json.loads(called("log", INDEX, "--json", cwd=project).out)["events"]
    assert [each["files"][0]["returned"] for each in events] == [["- old"], [], [], []]
