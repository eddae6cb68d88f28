import json
import os
import re
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, Terminal, called, make_store, memoryd, project_store
from support import needs_git, tree

from memoryd.config.locations import locate

STYLE = re.compile(r"\x1b\[\d+m")
HEAD = ["AGENT", "SCOPE", "USED", "LINES", "SIZE", "UNSEEN", "ERRORS", "WARNINGS", "CHANGED", "STORE"]
BROKEN = """- [Gone](gone.md)
- [Here](here.md#nowhere)
- The tests of the client run on every push, and nightly on the staging machines.
- The tests of the client run on every push, and nightly on the staging machines.
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT, "lost.md": "# Lost\n"})
    return tmp_path


def table(out: str) -> list[str]:
    """The table, from its heading on."""
    return out[out.index("AGENT") :].partition("\n\n")[0].splitlines()


def test_without_any_memory_it_says_where_to_look(tmp_path: Path) -> None:
    done = memoryd("status", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith("daemon: not running\n  `memoryd service install`")
    assert "\n\nno memory store found: " in done.out


def test_alone_it_says_in_one_screen_what_is_unseen_and_what_to_type_next(project: Path, home: Path) -> None:
    for number in range(30):
        project_store(project, f"agent-{number}", {"MEMORY.md": BROKEN})
    before = tree(project), tree(home)
    done = memoryd(cwd=project, COLUMNS="80", LINES="24")
    assert (done.code, done.err) == (0, "")
    assert len(done.out.splitlines()) < 24
    assert "memoryd show reviewer     the 37 entries that reviewer does not see" in done.out
    assert "memoryd init" in done.out
    assert memoryd("status", cwd=project).out.endswith(done.out.partition("\nmemoryd is not set up")[2])
    assert (tree(project), tree(home)) == before
    make_store(home / ".config/memoryd", {"config.toml": 'enforce = "report"\n'})
    assert memoryd(cwd=project).out.startswith("Usage: ")  # set up: the commands
    assert "not set up" not in memoryd("status", cwd=project).out


def test_a_store_is_a_row(project: Path) -> None:
    head, row = table(memoryd("status", cwd=project).out)
    assert head.split() == HEAD
    cells = row.split()
    assert cells[:3] == ["reviewer", "project", "█" * 8 + "┃▒"]
    assert cells[-1] == ".claude/agent-memory/reviewer"


def test_every_known_store_by_default_and_those_of_the_user_if_asked(project: Path, home: Path) -> None:
    make_store(home / ".claude/agent-memory/mine", {"MEMORY.md": "- a\n"})
    agents = {
        options: [row.split()[0] for row in table(called("status", *options, cwd=project).out)[1:]]
        for options in [(), ("--all",), ("--user",), ("--user", "--all")]
    }
    assert agents[()] == agents[("--all",)] == agents[("--user", "--all")] == ["mine", "reviewer"]
    assert agents[("--user",)] == ["mine"]


def test_columns_stand_below_each_other_whatever_the_script(project: Path) -> None:
    for agent in ("日本語", "e\u0301te\u0301"):
        project_store(project, agent, {"MEMORY.md": "- a\n"})
    header, *rows = table(memoryd("status", cwd=project).out)
    at = header.index("SCOPE")
    wide = next(row for row in rows if row.startswith("日本語"))
    combined = next(row for row in rows if row.startswith("e\u0301"))
    assert wide.index("project") == at - 3
    assert combined.index("project") == at + 2


@pytest.mark.parametrize("columns", [70, 80, 100, 120, 200])
def test_a_narrow_terminal_has_fewer_columns_and_no_broken_row(project: Path, columns: int) -> None:
    project_store(project, "computing-researcher", {"MEMORY.md": BROKEN})
    done = Terminal("status", cwd=project, columns=columns).finish()
    lines = table(STYLE.sub("", done.out))
    assert max(map(len, lines)) <= columns
    assert ("STORE" in lines[0]) == (columns > 120)
    assert (lines[1] == ".") == (columns <= 120)  # the project, above its stores
    assert sum("computing-researcher" in line.split("  ") for line in lines) == 1


def test_agents_without_memory_are_named(project: Path) -> None:
    definitions = {f"{n}.md": f"---\nname: new-{n}\nmemory: project\n---\n" for n in range(9)}
    make_store(project / ".claude" / "agents", definitions)
    named = "no memory yet: new-0, new-1, new-2, new-3, new-4, new-5 and 3 more"
    assert named in memoryd("status", cwd=project).out.splitlines()


def test_what_cannot_be_read_is_counted(project: Path) -> None:
    os.mkfifo(project / ".claude/agent-memory/reviewer/pipe.md")
    assert "\n1 file cannot be read: `memoryd check` shows why\n" in memoryd("status", cwd=project).out


@needs_git
@pytest.mark.parametrize(
    "settings", ["", 'levels = { L003 = "error", L001 = "info" }\n', 'ignore = ["L001", "P"]\n']
)
def test_errors_and_warnings_are_those_of_a_check_without_repetitions(project: Path, settings: str) -> None:
    subprocess.run(["git", "init", "-q", project], check=True)
    index = BROKEN + "- [[nobody]]\n- Deploys are frozen (valid until 2020-03-31)\n"
    project_store(project, "writer", {"MEMORY.md": index, "here.md": "# A\n", "old.md": "x"})
    make_store(project / ".claude" / "agents", {"a.md": "---\nname: a\nmemory: all\n---\n"})
    (project / ".memoryd.toml").write_text(settings)
    checked = json.loads(memoryd("check", "--all", "--json", "--ignore", "D", cwd=project).out)
    seen = json.loads(memoryd("status", "--json", cwd=project).out)
    for store in seen["stores"]:
        levels = [each["level"] for each in checked["diagnostics"] if each["store"] == store["store"]]
        expected = {"errors": levels.count("error"), "warnings": levels.count("warning"), "infos": None}
        assert store["findings"].items() >= expected.items()
    found = memoryd("status", cwd=project).out
    assert "1 in agent definitions" in found


def test_rules_that_repeat_are_told_not_to_be_in_it(project: Path) -> None:
    assert "`memoryd check --all` also finds repetitions" in memoryd("status", cwd=project).out


def test_the_index_is_compared_with_the_disk(project: Path) -> None:
    project_store(project, "writer", {"MEMORY.md": "- a\n"})
    value = json.loads(memoryd("status", "--json", cwd=project).out)
    assert value["daemon"].items() >= {"running": False, "silent": False, "pid": None}.items()
    assert [store["agent"] for store in value["stores"]] == ["reviewer", "writer"]
    assert value["index"].items() >= {"files_indexed": 0, "files_on_disk": 3, "files_current": 0}.items()
    assert not locate(os.environ).index.exists()  # to look makes nothing
    assert "index: empty; " in memoryd("status", cwd=project).out
    memoryd("search", "fact", cwd=project)
    assert "index: 3 files, all up to date\n" in memoryd("status", cwd=project).out
    (project / ".claude/agent-memory/writer/MEMORY.md").write_text("- b\n- c\n")
    assert "index: 1 of 3 files out of date; the next search " in memoryd("status", cwd=project).out
    value = json.loads(memoryd("status", "--json", "--agent", "writer", cwd=project).out)
    assert value["index"].items() >= {"files_indexed": 1, "files_on_disk": 1, "files_current": 0}.items()


def test_an_index_that_cannot_be_used_keeps_nothing_from_being_told(project: Path) -> None:
    index = locate(os.environ).index
    make_store(index.parent, {"index.db": ""})
    (index.parent / "index.db.lock").mkdir()
    done = memoryd("status", "--json", cwd=project)
    assert done.code == 0
    index_state = json.loads(done.out)["index"]
    assert index_state.items() >= {"files_indexed": None, "files_on_disk": 2, "files_current": None}.items()
    assert done.err.startswith("warning: cannot use the index")


def test_watching_redraws_until_it_is_interrupted(project: Path) -> None:
    terminal = Terminal("status", "--watch", cwd=project, LINES="24")
    terminal.read_until("reviewer")
    assert "\x1b[?1049h" in terminal.seen
    project_store(project, "newcomer", {"MEMORY.md": "- a\n"})
    terminal.read_until("newcomer")
    terminal.process.send_signal(signal.SIGINT)
    done = terminal.finish()
    assert done.code == 0
    assert done.out.endswith("\x1b[?7h\x1b[?25h\x1b[?1049l")
    assert "Traceback" not in done.out


def test_watching_fits_the_terminal_as_it_is_resized(project: Path) -> None:
    for number in range(30):
        project_store(project, f"agent-{number:02}", {"MEMORY.md": "- a\n"})
    project_store(project, "worse", {"MEMORY.md": BROKEN})
    terminal = Terminal("status", "--watch", cwd=project, COLUMNS="", LINES="")
    terminal.resize(50, 100)
    terminal.process.send_signal(signal.SIGWINCH)
    terminal.read_until("agent-28")
    terminal.resize(14, 100)
    terminal.process.send_signal(signal.SIGWINCH)
    terminal.read_until(" more with fewer problems")
    screen = terminal.seen.rpartition("\x1b[H")[2]
    assert all(name in screen for name in ("reviewer", "worse", "agent-00", "32 stores"))
    assert "agent-09" not in screen
    terminal.process.send_signal(signal.SIGINT)
    assert terminal.finish().code == 0


def test_watching_is_for_terminals(project: Path) -> None:
    done = memoryd("status", "--watch", cwd=project)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith("error: --watch needs a terminal\n  hint: ")
    done = memoryd("status", "--watch", "--json", cwd=project)
    assert (done.code, json.loads(done.out)["error"]["hint"]) == (2, "leave one of them out")


def test_the_last_compaction_of_each_store_is_told_until_it_is_undone(tmp_path: Path) -> None:
    for agent, text in (("one", OVER_LIMIT), ("two", OVER_LIMIT + "- more\n"), ("three", "- a\n")):
        project_store(tmp_path, agent, {"MEMORY.md": text})
    assert memoryd("compact", "--apply", cwd=tmp_path).code == 0
    seen = memoryd("status", cwd=tmp_path)
    assert seen.err == ""
    told = [line for line in seen.out.splitlines() if line.endswith(". Undo: memoryd undo 1")]
    assert [line.partition(" entr")[0] for line in told] == [
        "one: MEMORY.md had 241 lines, 37",
        "two: MEMORY.md had 242 lines, 38",
    ]
    rows = {row["agent"]: row for row in json.loads(memoryd("status", "--json", cwd=tmp_path).out)["stores"]}
    assert rows["three"]["compaction"] is None
    last = rows["two"]["compaction"]
    assert last["operation"] == 1
    assert f"two: {last['outcome']}. Undo: memoryd undo 1" in told
    shown = json.loads(memoryd("show", "two", "--json", cwd=tmp_path).out)
    assert shown["compaction"] == last
    assert memoryd("undo", cwd=tmp_path).code == 0
    assert "Undo: " not in memoryd("status", cwd=tmp_path).out


def test_three_compactions_are_told_and_broken_between_words(tmp_path: Path) -> None:
    for number in range(5):
        root = project_store(tmp_path, f"agent-{number}", {"MEMORY.md": OVER_LIMIT})
        assert memoryd("compact", "--apply", str(root), cwd=tmp_path).code == 0
    seen = memoryd("status", cwd=tmp_path).out
    told = [line for line in seen.splitlines() if "Undo: " in line]
    assert [line.partition(":")[0] for line in told] == ["agent-4", "agent-3", "agent-2"]
    assert "\n… and 2 more: memoryd log\n" in seen
    narrow = STYLE.sub("", Terminal("status", cwd=tmp_path, columns=70).finish().out)
    start = narrow.index("agent-4: ")
    lines = narrow[start:].partition("\n\n")[0].splitlines()
    assert max(map(len, lines)) <= 70
    assert " ".join(line.strip() for line in lines).startswith(f"{told[0]} agent-3: ")


def test_a_compaction_of_yesterday_is_not_told(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT})
    assert memoryd("compact", "--apply", cwd=tmp_path).code == 0
    assert "Undo: " in memoryd("status", cwd=tmp_path).out
    with closing(sqlite3.connect(locate(os.environ).history)) as database:
        database.execute("UPDATE operations SET time = '2026-01-31T00:00:00.000+00:00'")
        database.commit()
    assert "Undo: " not in memoryd("status", cwd=tmp_path).out


def test_names_are_escaped_and_two_stores_of_one_name_told_apart(tmp_path: Path) -> None:
    project_store(tmp_path, "re\x1b[31mviewer", {"MEMORY.md": OVER_LIMIT})
    project_store(tmp_path, "writer", {"MEMORY.md": OVER_LIMIT})
    user = make_store(Path(os.environ["HOME"], ".claude/agent-memory/writer"), {"MEMORY.md": OVER_LIMIT})
    for which in ((), (str(user),)):
        assert memoryd("compact", "--apply", *which, cwd=tmp_path).code == 0
    seen = memoryd("status", cwd=tmp_path).out
    told = [line.partition(": MEMORY.md had ")[0] for line in seen.splitlines() if "Undo: " in line]
    assert sorted(told) == [
        ".claude/agent-memory/writer",
        "re\\x1b[31mviewer",
        "~/.claude/agent-memory/writer",
    ]
    assert "\x1b" not in seen


@pytest.mark.parametrize(("columns", "is_shown"), [(160, True), (100, False)])
def test_a_wide_terminal_shows_how_the_fill_changed(tmp_path: Path, columns: int, *, is_shown: bool) -> None:
    root = project_store(tmp_path, "reviewer", {"MEMORY.md": "- fact\n" * 20})
    memoryd("log", cwd=tmp_path)
    (root / "MEMORY.md").write_text("- fact\n" * 190)
    out = STYLE.sub("", Terminal("status", cwd=tmp_path, columns=columns).finish().out)
    assert ("TREND" in out) is is_shown
    assert ("▂" in out and "█" in out) is is_shown
    assert "TREND" not in memoryd("status", cwd=tmp_path).out
