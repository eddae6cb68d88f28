import json
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from support import write_tree

from memoryd.domain.stores.claude_code import slug_of

FILES = {"MEMORY.md": "- [A](a.md) — one\n", "a.md": "# A\n\nText.\n"}


@pytest.fixture
def projects(home: Path) -> Path:
    return home / ".claude/projects"


def auto(projects: Path, directory: Path, files: dict[str, str] | None = None) -> Path:
    slug = projects / slug_of(str(directory))
    write_tree(slug, {"s.jsonl": json.dumps({"cwd": str(directory)}) + "\n"})
    return write_tree(slug / "memory", files or {})


def names(root: Path) -> list[str]:
    return sorted(path.name for path in root.rglob("*") if path.is_file()) if root.is_dir() else []


def test_auto_memory_follows_its_project_and_comes_back(tmp_path: Path, home: Path, projects: Path) -> None:
    old, new = home / "code/shop", home / "work/shop"
    new.mkdir(parents=True)
    before, after = auto(projects, old, FILES), projects / slug_of(str(new)) / "memory"
    shown = memoryd("move", str(old), str(new), cwd=tmp_path)
    assert (shown.code, names(after)) == (0, [])
    assert "rename from " in shown.out
    assert memoryd("move", str(old), str(new), "--diff", cwd=tmp_path).code == 1
    done = memoryd("move", str(old), str(new), "--apply", cwd=tmp_path)
    assert (done.code, names(before), names(after)) == (0, [], ["MEMORY.md", "a.md"])
    assert "move" in memoryd("log", "--all", cwd=tmp_path).out
    assert memoryd("undo", cwd=tmp_path).code == 0
    assert (names(before), names(after)) == (["MEMORY.md", "a.md"], [])
    assert (before / "MEMORY.md").read_text() == FILES["MEMORY.md"]


def test_relative_and_home_paths(home: Path, projects: Path) -> None:
    auto(projects, home / "code/shop", FILES)
    (home / "work/laden").mkdir(parents=True)
    done = memoryd("move", "~/code/shop", "./laden", "--apply", cwd=home / "work")
    assert done.code == 0, done.err
    assert names(projects / slug_of(str(home / "work/laden")) / "memory") == ["MEMORY.md", "a.md"]


def test_a_renamed_agent_takes_project_and_local_memory_along(tmp_path: Path) -> None:
    write_tree(tmp_path, {".git/HEAD": ""})
    for container in ("agent-memory", "agent-memory-local"):
        write_tree(tmp_path / ".claude" / container / "reviewer", FILES)
    done = memoryd("move", "reviewer", "code: reviewer", "--apply", cwd=tmp_path)
    assert done.code == 0, done.err
    for container in ("agent-memory", "agent-memory-local"):
        assert names(tmp_path / ".claude" / container) == ["MEMORY.md", "a.md"]
        assert (tmp_path / ".claude" / container / "code--reviewer/MEMORY.md").exists()
        assert not (tmp_path / ".claude" / container / "reviewer").exists()


def test_stores_of_one_name_in_two_places_are_told_apart(tmp_path: Path) -> None:
    write_tree(tmp_path, {".git/HEAD": ""})
    project_store(tmp_path, "reviewer", FILES)
    project_store(tmp_path / "web", "reviewer", FILES)
    done = memoryd("move", "reviewer", "critic", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert done.err == (
        'error: "reviewer" has 2 stores\n  hint: name one of them: .claude/agent-memory/reviewer (project), '
        "web/.claude/agent-memory/reviewer (project)\n"
    )
    old, new = "web/.claude/agent-memory/reviewer", "web/.claude/agent-memory/critic"
    assert memoryd("move", old, new, "--apply", cwd=tmp_path).code == 0
    assert names(tmp_path / new) == ["MEMORY.md", "a.md"]


def test_two_memories_that_differ_are_left_alone(tmp_path: Path, home: Path, projects: Path) -> None:
    old, new = home / "code/shop", home / "work/shop"
    new.mkdir(parents=True)
    auto(projects, old, FILES)
    auto(projects, new, {"MEMORY.md": "- other\n"})
    done = memoryd("move", str(old), str(new), "--apply", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "hold memory, and it differs: MEMORY.md\n  hint: memoryd join " in done.err


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (("nobody", "x"), 'there is no agent or path "nobody"'),
        (("/nowhere", "/usr"), "no memory of /nowhere is known"),
        (("shop", "/nowhere/shop"), "/nowhere/shop does not exist"),
        (("reviewer", "reviewer"), "cannot be moved to"),
        (("reviewer", ".claude/agent-memory/reviewer/deeper"), "cannot be moved to"),
    ],
)
def test_what_cannot_be_moved_is_a_sentence(
    tmp_path: Path, home: Path, projects: Path, arguments: tuple[str, str], error: str
) -> None:
    auto(projects, home / "code/shop", FILES)
    project_store(tmp_path, "reviewer", FILES)
    done = memoryd("move", *arguments, cwd=tmp_path)
    assert done.code == 2
    assert error in done.err


def test_a_place_outside_the_repository_by_a_link_is_refused(tmp_path: Path, home: Path) -> None:
    write_tree(tmp_path / "shop", {".git/HEAD": ""})
    project_store(tmp_path / "shop", "reviewer", FILES)
    write_tree(home / "private", {"x": ""})
    (tmp_path / "shop/.claude/agent-memory/critic").symlink_to(home / "private")
    done = memoryd("move", "reviewer", "critic", "--apply", cwd=tmp_path / "shop")
    assert done.code == 2
    assert names(home / "private") == ["x"]
