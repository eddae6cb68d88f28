import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, ROOT, Terminal, called, memoryd, project_store

from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.stores.profiles import CLAUDE_AGENT


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT, "lost.md": "# Lost\n"})
    return tmp_path


def test_show_tells_of_what_cannot_be_read(project: Path) -> None:
    os.mkfifo(project / ".claude/agent-memory/reviewer/pipe.md")
    assert (
        "could not be read:\n  .claude/agent-memory/reviewer/pipe.md: "
        in memoryd("show", "reviewer", cwd=project).out
    )


def test_show_by_agent_and_by_path_is_the_same(project: Path) -> None:
    by_name = memoryd("show", "reviewer", cwd=project)
    assert by_name.code == 0
    assert by_name.out == memoryd("show", ".claude/agent-memory/reviewer", cwd=project).out
    assert by_name.out.startswith("reviewer (project)  .claude/agent-memory/reviewer\n\nMEMORY.md\n  █")
    assert "\ncut at line 201; never seen by the agent: " in by_name.out
    assert "\n1 topic file, by how the agent reaches them:\n" in by_name.out


def test_a_terminal_shows_as_many_unseen_entries_as_fit_and_how_to_see_all(project: Path) -> None:
    every = called("show", "reviewer", cwd=project).out
    assert len(every.splitlines()) > 40
    done = Terminal("show", "reviewer", cwd=project, columns=80, LINES="30", NO_COLOR="1").finish()
    shown = done.out.splitlines()
    (more,) = (line for line in shown if " more: memoryd show reviewer --unseen" in line)
    at = shown.index(more)
    head = shown.index(next(line for line in shown if "never seen by the agent" in line)) + 1
    assert 5 <= at - head < len(shown) < 30
    assert "1 topic file, by how the agent reaches them:" in shown
    entries = called("show", "reviewer", "--unseen", cwd=project).out.splitlines()[1:]
    assert more.split()[:2] == ["…", str(len(entries) - (at - head))]
    assert [line.split() for line in shown[head:at]] == [line.split() for line in entries[: at - head]]
    assert all(line in every for line in entries)


def test_only_unseen_entries_where_there_are_none(tmp_path: Path) -> None:
    project_store(tmp_path, "short", {"MEMORY.md": "- a\n"})
    project_store(tmp_path, "empty", {"build.md": "# Build\n"})
    assert called("show", "short", "--unseen", cwd=tmp_path).out.endswith("\nthe agent sees every entry\n")
    assert called("show", "empty", "--unseen", cwd=tmp_path).out.endswith(
        "\nno MEMORY.md: the agent starts with nothing\n"
    )
    both = called("show", "short", "--unseen", "--json", cwd=tmp_path)
    assert (both.code, "cannot be used together" in both.out + both.err) == (2, True)


def test_show_loaded_is_what_the_harness_loads_and_one_newline(project: Path) -> None:
    view = loaded_view(OVER_LIMIT.encode(), CLAUDE_AGENT)
    assert memoryd("show", "reviewer", "--loaded", cwd=project).out == view.context + "\n"


EMPTY = "Your MEMORY.md is currently empty."
REFUSED = "Your MEMORY.md was not loaded: "
AGENT = ".claude/agent-memory/reviewer"


@pytest.mark.parametrize(
    "files", [{"build.md": "# Build\n"}, {"MEMORY.md": ""}, {"MEMORY.md": " \n\n"}, {"memory.md": "- a\n"}]
)
def test_show_loaded_of_an_empty_agent_memory_is_its_sentence(tmp_path: Path, files: dict[str, str]) -> None:
    project_store(tmp_path, "reviewer", files)
    done = memoryd("show", "reviewer", "--loaded", cwd=tmp_path)
    assert (done.code, done.out.startswith(EMPTY), done.err) == (0, True, "")


def test_show_of_a_store_without_index_file_says_so(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"build.md": "# Build\n"})
    assert "no MEMORY.md: the agent starts with nothing" in memoryd("show", "reviewer", cwd=tmp_path).out


@pytest.mark.parametrize("kind", ["link", "dangling", "directory", "pipe"])
@pytest.mark.parametrize("container", ["agent-memory", "agent-memory-local"])
def test_show_loaded_of_a_refused_index_file_is_the_refusal(
    tmp_path: Path, container: str, kind: str
) -> None:
    store = tmp_path / ".claude" / container / "reviewer"
    store.mkdir(parents=True)
    (store / "notes.md").write_text("- a fact\n")
    index = store / "MEMORY.md"
    if kind == "directory":
        index.mkdir()
    elif kind == "pipe":
        os.mkfifo(index)
    else:
        index.symlink_to("notes.md" if kind == "link" else "gone.md")
    done = memoryd("show", str(store), "--loaded", cwd=tmp_path)
    assert done.code == 0
    assert done.out.startswith(f"{REFUSED}MEMORY.md is ")


def test_show_loaded_of_a_directory_behind_a_link_out_of_the_working_directory(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared/MEMORY.md").write_text("- a fact\n")
    (tmp_path / "web/.claude/agent-memory").mkdir(parents=True)
    (tmp_path / "web" / AGENT).symlink_to("../../../shared")
    done = memoryd("show", f"web/{AGENT}", "--loaded", cwd=tmp_path)
    assert done.out.startswith(f"{REFUSED}by a symbolic link it lies in ")


def test_show_loaded_of_a_directory_behind_a_link_inside_is_its_text(tmp_path: Path) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes/MEMORY.md").write_text("- a fact\n")
    (tmp_path / ".claude/agent-memory").mkdir(parents=True)
    (tmp_path / AGENT).symlink_to("../../notes")
    assert memoryd("show", AGENT, "--loaded", cwd=tmp_path).out == "- a fact\n"


def test_show_loaded_of_user_scope_follows_links(tmp_path: Path, home: Path) -> None:
    store = home / AGENT
    store.mkdir(parents=True)
    (store / "notes.md").write_text("- a fact\n")
    (store / "MEMORY.md").symlink_to("notes.md")
    assert memoryd("show", "reviewer", "--loaded", cwd=tmp_path).out == "- a fact\n"


def test_show_loaded_never_opens_a_pipe(tmp_path: Path, home: Path) -> None:
    (home / AGENT).mkdir(parents=True)
    os.mkfifo(home / AGENT / "MEMORY.md")
    done = memoryd("show", "reviewer", "--loaded", cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert done.err.endswith("nothing is loaded: MEMORY.md is not a regular file, and hangs the client\n")


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("missing", "MEMORY.md is missing: the client writes one at its next start, and loads that"),
        ("directory", "nothing is loaded: MEMORY.md is a directory"),
        ("dangling", "nothing is loaded: MEMORY.md is a symbolic link to a file that does not exist"),
        ("large", "nothing is loaded: MEMORY.md has 4,194,305 bytes, more than 4,194,304"),
        ("blank", ""),
        ("nothing", ""),
    ],
)
def test_show_loaded_of_auto_memory_is_silent_with_a_reason(
    tmp_path: Path, home: Path, kind: str, reason: str
) -> None:
    store = home / ".claude/projects/-p/memory"
    store.mkdir(parents=True)
    index = store / "MEMORY.md"
    if kind not in {"nothing", "blank"}:
        (store / "notes.md").write_text("# Notes\n")
    if kind == "directory":
        index.mkdir()
    elif kind == "dangling":
        index.symlink_to("gone.md")
    elif kind in {"large", "blank"}:
        index.write_text("\n" if kind == "blank" else "x" * (4 * 2**20 + 1))
    done = memoryd("show", str(store), "--loaded", cwd=tmp_path)
    assert (done.code, done.out) == (0, "")
    assert done.err == (f"~/.claude/projects/-p/memory: {reason}\n" if reason else "")


def test_show_loaded_with_memory_turned_off_is_nothing(tmp_path: Path, home: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a fact\n"})
    off = memoryd("show", "reviewer", "--loaded", cwd=tmp_path, CLAUDE_CODE_DISABLE_AUTO_MEMORY="1")
    assert (off.out, "CLAUDE_CODE_DISABLE_AUTO_MEMORY=1 turns all memory off" in off.err) == ("", True)
    (home / ".claude").mkdir()
    (home / ".claude/settings.json").write_text('{"autoMemoryEnabled": false}')
    done = memoryd("show", "reviewer", "--loaded", cwd=tmp_path)
    assert (done.out, "memory is turned off in " in done.err) == ("", True)


def test_show_json_has_the_documented_keys(project: Path) -> None:
    value = json.loads(memoryd("show", "reviewer", "--json", cwd=project).out)
    assert value["store"] == ".claude/agent-memory/reviewer"
    assert value["lines"] == OVER_LIMIT.rstrip().count("\n") + 1
    assert value["units"] == len(OVER_LIMIT.rstrip())
    assert (value["limit_lines"], value["limit_units"], value["cut_line"]) == (200, 25_000, 201)
    assert value["unseen_entries"][0]["line"] == 201
    assert value["topics"] == [{"path": "lost.md", "reached_by": None}]


def test_show_of_a_name_with_several_stores_shows_all(project: Path, home: Path) -> None:
    project_store(home, "reviewer", {"MEMORY.md": "- a\n"})
    pages = memoryd("show", "reviewer", cwd=project).out
    assert "reviewer (user)  ~/.claude/agent-memory/reviewer\n" in pages
    assert "\n\nreviewer (project)  .claude/agent-memory/reviewer\n" in pages or pages.startswith(
        "reviewer (p"
    )
    done = memoryd("show", "reviewer", "--loaded", cwd=project)
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith('error: "reviewer" has 2 stores\n  hint: name one of them: ')
    done = memoryd("show", "reviewer", "--json", cwd=project)
    assert (done.code, done.err) == (2, "")
    assert json.loads(done.out)["error"]["message"] == '"reviewer" has 2 stores'


def test_show_of_what_does_not_exist_names_what_does(project: Path) -> None:
    done = memoryd("show", "reviwer", cwd=project)
    assert (done.code, done.out) == (2, "")
    assert done.err == 'error: there is no agent or path "reviwer"\n  hint: did you mean reviewer?\n'


def test_a_deleted_working_directory_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "gone").mkdir()
    script = f'rmdir ../gone; exec "{sys.executable}" -m memoryd status'
    done = subprocess.run(
        ["sh", "-c", script],
        cwd=tmp_path / "gone",
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert (
        done.stderr.decode()
        == "error: the working directory was deleted\n  hint: change to a directory that exists\n"
    )


def test_a_terminal_shows_how_the_fill_changed(tmp_path: Path) -> None:
    root = project_store(tmp_path, "reviewer", {"MEMORY.md": "- fact\n" * 20})
    memoryd("log", cwd=tmp_path)
    (root / "MEMORY.md").write_text("- fact\n" * 190)
    out = Terminal("show", "reviewer", cwd=tmp_path, NO_COLOR="1").finish().out
    assert re.search(r"^  ▂+█+  since \d{4}-\d\d-\d\d$", out, re.MULTILINE)
    assert "since" not in memoryd("show", "reviewer", cwd=tmp_path).out
