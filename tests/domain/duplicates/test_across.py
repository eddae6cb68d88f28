from pathlib import Path

import pytest

from memoryd.adapters.stores.discovery import Places, discover
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check_found

RULES = tuple(rule for rule in ALL_RULES if rule.code.startswith("D"))
LONG = (
    "The payment provider sends every callback twice, so each handler looks the callback up by its own "
    "number first and answers at once when it was seen before, which keeps the books right."
)


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())


def across(project: Path, home: Path) -> list[tuple[str, str]]:
    report = check_found(discover(Places(home, home / ".claude"), cwd=project), RULES)
    return [(each.code, "/".join(Path(each.path).parts[-2:])) for each in report.diagnostics]


def store(project: Path, agent: str, text: str, container: str = "agent-memory") -> None:
    directory = project / ".claude" / container / agent
    write(directory, {"MEMORY.md": "- [Notes](notes.md) — all\n", "notes.md": text})


def test_a_long_passage_of_two_agents_is_told_once(tmp_path: Path, home: Path) -> None:
    store(tmp_path, "reviewer", f"One.\n\n{LONG}\n")
    store(tmp_path, "writer", f"Two.\n\n{LONG}\n")
    assert across(tmp_path, home) == [("D005", "writer/notes.md")]


@pytest.mark.parametrize("count", [2, 3, 4, 7])
def test_more_copies_are_one_finding_and_never_none(tmp_path: Path, home: Path, count: int) -> None:
    for agent in "abcdefg"[:count]:
        store(tmp_path, agent, f"{agent}\n\n{LONG}\n")
    assert across(tmp_path, home) == [("D005", "b/notes.md")]


def test_consecutive_passages_are_one_finding(tmp_path: Path, home: Path) -> None:
    more = (
        "Before a release, Ann reads the list of open orders with the warehouse, counts the parcels that are "
        "still on the dock, and writes both figures into the release notes of that week."
    )
    for agent in ("a", "b"):
        store(tmp_path, agent, f"{agent}\n\n- {LONG}\n- {more}\n- {agent}\n")
    assert across(tmp_path, home) == [("D005", "b/notes.md")]


def test_the_opening_of_many_index_files_is_a_template(tmp_path: Path, home: Path) -> None:
    for agent in ("a", "b", "c", "d"):
        index = f"# Memory of {agent}\n\n{LONG}\n\n- [Notes](notes.md)\n"
        write(tmp_path / ".claude" / "agent-memory" / agent, {"MEMORY.md": index, "notes.md": f"{agent}\n"})
    assert across(tmp_path, home) == []


def test_copies_of_one_agents_store_are_a_matter_of_their_own(tmp_path: Path, home: Path) -> None:
    store(tmp_path, "reviewer", LONG)
    store(tmp_path, "reviewer", LONG, "agent-memory-local")
    assert across(tmp_path, home) == []


def test_two_projects_have_nothing_to_do_with_each_other(tmp_path: Path, home: Path) -> None:
    for name in ("one", "two"):
        (tmp_path / name / ".git").mkdir(parents=True)
        store(tmp_path / name, name, f"{name}\n\n{LONG}\n")
    assert across(tmp_path, home) == []


def test_the_users_own_instructions_count_for_the_users_stores(tmp_path: Path, home: Path) -> None:
    write(home / ".claude", {"CLAUDE.md": "- Always answer in short and simple sentences.\n"})
    write(
        home / ".claude" / "agent-memory" / "writer",
        {"MEMORY.md": "- Always answer in short and simple sentences.\n- x\n"},
    )
    assert across(tmp_path, home) == [("D004", "writer/MEMORY.md")]


def test_instructions_count_up_to_the_repository(tmp_path: Path, home: Path) -> None:
    inner = tmp_path / "repo" / "packages" / "shop"
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    write(tmp_path, {"CLAUDE.md": "- Rules outside of the repository say nothing here.\n"})
    write(tmp_path / "repo", {"AGENTS.md": "- Always run the linter before you commit anything.\n"})
    text = "- Rules outside of the repository say nothing here.\n"
    text += "- Always run the linter before you commit anything.\n"
    store(inner, "reviewer", text)
    assert across(inner, home) == [("D004", "reviewer/notes.md")]


def test_a_note_that_says_more_than_the_instruction_is_shown_and_stays(tmp_path: Path, home: Path) -> None:
    write(tmp_path, {"CLAUDE.md": "- Always run the linter before you commit anything.\n"})
    store(tmp_path, "reviewer", "- Always run the fast linter before you commit anything.\n- x\n- y\n")
    report = check_found(discover(Places(home, home / ".claude"), cwd=tmp_path), RULES)
    assert [(each.code, each.fix) for each in report.diagnostics] == [("D004", None)]
