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


def over_limit(*parts: int) -> str:
    """An index file whose sections are numbered; 15 of them are over the limit."""
    return "# Notes\n" + "".join(
        f"\n## Topic number {part}\n\n"
        + "".join(f"- fact {part}.{line} about the plumbing\n" for line in range(13))
        for part in parts
    )


def test_only_a_plan_that_is_shown_depends_on_the_past(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", {"MEMORY.md": over_limit(*range(8, 15))})
    states = [str(tmp_path / name) for name in ("known", "unknown")]
    memoryd("search", "fact", cwd=tmp_path, MEMORYD_STATE_DIR=states[0])
    (store / "MEMORY.md").write_text(over_limit(*range(15)))
    memoryd("search", "fact", cwd=tmp_path, MEMORYD_STATE_DIR=states[0])

    def told(*arguments: str) -> list[str]:
        return [memoryd(*arguments, cwd=tmp_path, MEMORYD_STATE_DIR=state).out for state in states]

    for arguments in (["check"], ["check", "--json"], ["check", "--format", "gitlab"]):
        known, unknown = told(*arguments)
        assert known == unknown != ""
    plans = [json.loads(out)["plan"] for out in told("check", "--select", "S001", "--diff", "--json")]
    assert plans == [json.loads(out)["plan"] for out in told("compact", "--diff", "--json")]
    assert plans[0] != plans[1]


def test_a_format_that_shows_changes_shows_those_that_compact_makes(tmp_path: Path) -> None:
    topics = {f"t{number}.md": f"# Topic {number}\n\nx\n" for number in range(15)}
    lines = [f"- [Topic {number}](t{number}.md) — {'words about it, ' * 140}\n" for number in range(15)]
    store = project_store(tmp_path, "reviewer", {"MEMORY.md": "".join(lines[8:]), **topics})
    memoryd("search", "words", cwd=tmp_path)
    (store / "MEMORY.md").write_text("".join(lines))
    memoryd("search", "words", cwd=tmp_path)

    def shown(**environment: str) -> set[str]:
        done = memoryd("check", "--select", "S001", "--format", "sarif", cwd=tmp_path, **environment)
        (fix,) = json.loads(done.out)["runs"][0]["results"][0]["fixes"]
        return {each["artifactLocation"]["uri"] for each in fix["artifactChanges"]}

    plan = json.loads(memoryd("compact", "--diff", "--json", cwd=tmp_path).out)["plan"]
    assert shown() == {each["path"] for each in plan}
    assert shown(MEMORYD_STATE_DIR=str(tmp_path / "unknown")) != shown()
