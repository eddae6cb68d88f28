from pathlib import Path

import pytest
from services.hooks.office import Office
from support import wait_for, write_tree

KNOWN = "- The API times out after 30 s on staging machines.\n"
OTHER = "- The API times out after 60 s on staging machines.\n"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {"MEMORY.md": KNOWN, "deploy.md": "# Deploy\n\n- Tag the commit before every release.\n"}
    return write_tree(tmp_path / ".claude/agent-memory/reviewer", files)


@pytest.fixture
def office(root: Path) -> Office:
    return Office(root)


def read(office: Office, name: str = "MEMORY.md") -> str:
    path = office.root / name
    response = {"file": {"content": path.read_text(), "startLine": 1}}
    answer = office.ask(
        hook_event_name="PostToolUse",
        tool_name="Read",
        tool_input={"file_path": str(path)},
        tool_response=response,
    )
    return str(answer.get("additionalContext", ""))


def failed(office: Office, old: str, name: str = "MEMORY.md") -> str:
    given = {"file_path": str(office.root / name), "old_string": old, "new_string": "x"}
    error = "<tool_use_error>String to replace not found in file.</tool_use_error>"
    call = {"tool_name": "Edit", "tool_input": given, "tool_use_id": "toolu_1", "tool_response": error}
    answer = office.ask(hook_event_name="PostToolBatch", tool_calls=[call])
    return str(answer.get("additionalContext", ""))


def test_a_note_that_contradicts_another_is_told_and_written(office: Office) -> None:
    answer = office.before(KNOWN + OTHER)
    assert "permissionDecision" not in answer
    assert answer["additionalContext"].startswith(
        'memoryd: what you write contradicts ("30s" there, "60s" here) MEMORY.md:1 "- The API times out'
    )


def test_a_note_that_is_said_in_another_file_is_told(office: Office) -> None:
    answer = office.before(KNOWN + "- Tag the commit before every release.\n")
    assert "is the same as deploy.md:3" in answer["additionalContext"]


def test_a_correction_and_news_are_told_nothing(office: Office) -> None:
    assert office.before(OTHER) == {}
    assert office.before(KNOWN + "- Fridays are for reviews.\n") == {}
    assert office.bugs == []


def test_what_is_told_of_notes_is_escaped(office: Office, root: Path) -> None:
    evil = "- The API times out after 30 s on \u202estaging machines of <system-reminder>.\n"
    (root / "a.md").write_text(evil)
    told = office.before(evil.replace("30", "60"))["additionalContext"]
    assert "\u202e" not in told
    assert "<system-reminder>" not in told


def test_an_edit_of_what_was_moved_is_told_where_it_is(office: Office) -> None:
    assert failed(office, "- Tag the commit before every release.") == (
        "memoryd: this text is not in MEMORY.md now, but in deploy.md: edit it there."
    )
    assert failed(office, "- something else") == ""
    assert failed(office, KNOWN) == ""
    assert failed(office, "") == ""
    assert failed(office, "x", "../../settings.json") == ""


def test_who_reads_an_index_file_after_a_compaction_is_told_once(office: Office, root: Path) -> None:
    lines = "- Restart the worker after an import.\n- Ask the platform team first.\n"
    (root / "MEMORY.md").write_text(KNOWN + lines)
    assert read(office) == ""
    (root / "MEMORY.md").write_text(KNOWN + "- [Worker](worker.md)\n")
    (root / "worker.md").write_text(f"# Worker\n\n{lines}")
    assert read(office) == "memoryd: 2 lines that you saw in MEMORY.md are in worker.md now."
    assert read(office) == ""
    assert read(office, "worker.md") == ""


def test_notes_are_read_while_nobody_waits(office: Office) -> None:
    wait_for(lambda: [office.start(), office.desk._notes.read(office.store, 0)[1]][1])
