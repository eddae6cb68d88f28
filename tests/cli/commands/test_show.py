import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, ROOT, memoryd, project_store

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


def test_show_loaded_is_what_the_harness_loads_and_one_newline(project: Path) -> None:
    view = loaded_view(OVER_LIMIT.encode(), CLAUDE_AGENT)
    assert memoryd("show", "reviewer", "--loaded", cwd=project).out == view.context + "\n"


def test_show_loaded_of_a_store_without_index_file_is_nothing(tmp_path: Path) -> None:
    project_store(tmp_path, "reviewer", {"build.md": "# Build\n"})
    assert memoryd("show", "reviewer", "--loaded", cwd=tmp_path).out == ""
    assert "no MEMORY.md: the agent starts with nothing" in memoryd("show", "reviewer", cwd=tmp_path).out


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
    for option in ("--json", "--loaded"):
        done = memoryd("show", "reviewer", option, cwd=project)
        assert (done.code, done.out) == (2, "")
        assert done.err.startswith('error: "reviewer" has 2 stores\n  hint: name one of them: ')


def test_show_of_what_does_not_exist_names_what_does(project: Path) -> None:
    done = memoryd("show", "reviwer", cwd=project)
    assert (done.code, done.out) == (2, "")
    assert done.err == 'error: there is no agent or path "reviwer"\n  hint: known agents: reviewer\n'


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
