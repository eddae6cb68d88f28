from pathlib import Path

import pytest
from mcp_client import Client
from support import write_tree

from memoryd.errors import MemorydError


def test_the_stores_are_those_of_the_project_and_of_the_user(
    reader: Client, project: Path, home: Path
) -> None:
    write_tree(home / ".claude/agent-memory/own", {"MEMORY.md": "- mine\n"})
    for base in (project, project.parent / "other"):
        slug = str(base).replace("/", "-").replace("_", "-")
        write_tree(
            home / f".claude/projects/{slug}",
            {"memory/MEMORY.md": "- a\n", "s.jsonl": f'{{"cwd": "{base}"}}\n'},
        )
    found = {(store.agent, str(store.scope)) for store in reader.session.project.stores}
    assert found == {("reviewer", "project"), ("own", "user"), ("project", "auto")}


@pytest.mark.parametrize(
    "path",
    [
        "/etc/passwd",
        "README.md",
        ".claude/agent-memory/reviewer",
        ".claude/agent-memory/reviewer/../../../README.md",
        ".claude/agent-memory/reviewer/link.md",
        ".claude/agent-memory/reviewer/a.txt",
        "../other/.claude/agent-memory/reviewer/MEMORY.md",
        "a\0.md",
        "",
        "~/x.md",
    ],
)
def test_other_paths_are_refused(reader: Client, project: Path, path: str) -> None:
    (project / ".claude/agent-memory/reviewer/link.md").symlink_to(project / "README.md")
    with pytest.raises(MemorydError, match="path"):
        reader.session.project.place_of(path)


def test_an_answer_is_found_again_after_a_change(reader: Client, project: Path) -> None:
    found: list[int] = []

    def find() -> str:
        found.append(1)
        return str(len(found))

    known = reader.session.project
    assert [known.remembered(("x",), find) for _ in range(3)] == ["1"] * 3
    (project / ".claude/agent-memory/reviewer/deploy.md").write_text("changed\n")
    assert known.remembered(("x",), find) == "2"


def test_paths_in_the_project_are_shown_short(reader: Client, project: Path) -> None:
    known = reader.session.project
    assert known.shown(f"{project}/a.md") == "a.md"
    assert known.shown("/x/a.md") == "/x/a.md"
