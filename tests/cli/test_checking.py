import json
import subprocess
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, memoryd, project_store
from support import needs_git

FILES = {
    "MEMORY.md": "# Memory\n\n- [A](a.md)\n- [A](a.md)\n- [Gone](gone.md)\n- [Gone](gone.md)\n",
    "a.md": "---\nname: a\ndescription: it: breaks\n---\ntext\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", FILES)
    return tmp_path


def found(project: Path, *options: str, command: str = "check") -> list[str]:
    value = json.loads(memoryd(command, "--json", *options, cwd=project).out)
    return [each["code"] for each in value["diagnostics"]]


def git(project: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", project, *arguments], check=True, capture_output=True)


@needs_git
def test_only_what_is_tracked_exists(project: Path) -> None:
    store = project_store(
        project, "writer", {"MEMORY.md": "[a](a.md) [b](b.md) [s](../../../src) [t](../../../t.py)\n"}
    )
    for name in ("a.md", "b.md", "c-topic.md"):
        (store / name).write_text("text\n")
    (project / "src").mkdir()
    (project / "src" / "x.py").write_text("")
    (project / "t.py").write_text("")
    git(project, "init", "-q")
    assert "L001" not in found(project, "--agent", "writer")
    git(project, "add", str(store / "MEMORY.md"), str(store / "a.md"), "src")
    value = json.loads(memoryd("check", "--tracked", "--json", cwd=project).out)
    assert value["summary"]["stores"] == 1
    assert value["summary"]["files"] == 2
    assert [each["message"].partition(" ")[0] for each in value["diagnostics"]] == [
        '"b.md"',
        '"../../../t.py"',
    ]


@needs_git
def test_where_nothing_is_tracked_nothing_is_checked(project: Path) -> None:
    git(project, "init", "-q")
    done = memoryd("check", "--tracked", cwd=project)
    assert done.code == 2
    assert done.err.startswith("error: git tracks no memory file here\n")
    assert memoryd("check", "--tracked", "--allow-empty", cwd=project).code == 0


@needs_git
def test_what_a_fix_has_made_counts_as_tracked_and_is_to_be_added(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT, "lonely-topic.md": "# Lonely\n"})
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    done = memoryd("check", "--tracked", "--fix", cwd=tmp_path)
    new = len(list(store.iterdir())) - 2
    assert new > 0
    assert f"{new} new file" in done.err
    assert (done.code, "0 errors, 0 warnings" in done.out) == (0, True)
    assert memoryd("check", "--tracked", cwd=tmp_path).code == 1
    git(tmp_path, "add", ".")
    assert memoryd("check", "--tracked", cwd=tmp_path).code == 0
