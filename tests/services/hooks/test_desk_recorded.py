"""Events as Claude Code sent them, and damaged ones; `WRITE_CASES=1` writes the answers again.

`events.jsonl` has an event and its answer in each line. 30 were recorded with 2.1.332; each comes also with
unknown keys, without its own keys, with values of other types, cut, and with a NUL. Those that memoryd does
not answer were written by hand.
"""

import json
import os
import re
from pathlib import Path

from services.hooks.office import Office
from support import write_tree

FILE = Path(__file__).with_name("events.jsonl")
CASES = [json.loads(line) for line in FILE.read_text().splitlines()]
PROJECT = "@PROJECT@"
NAMES = """
    PreToolUse, PostToolUse, PostToolUseFailure, PostToolBatch, Notification, UserPromptSubmit,
    UserPromptExpansion, SessionStart, SessionEnd, Stop, StopFailure, SubagentStart, SubagentStop,
    PreCompact, PostCompact, PermissionRequest, PermissionDenied, Setup, TeammateIdle, TaskCreated,
    TaskCompleted, ConfigChange, WorktreeCreate, WorktreeRemove, InstructionsLoaded, Elicitation,
    ElicitationResult, FileChanged, CwdChanged, MessageDisplay, DirectoryAdded
"""
STORE = ".claude/agent-memory/reviewer"
MEMORY = {
    "MEMORY.md": "- The API times out after 30 s on staging machines.\n- [Deploy](deploy.md): releases\n",
    "deploy.md": "# Deploy\n\n- Tag the commit before every release.\n",
}


def answer_to(event: str, project: Path) -> str:
    office = Office(write_tree(project / STORE, MEMORY))
    answers: list[bytes] = []

    def reply(answer: bytes) -> bool:
        answers.append(answer)
        return True

    raw = event.replace(PROJECT, str(project)).encode(errors="surrogatepass")
    office.desk.answer(raw, reply)
    assert office.bugs == []
    (answer,) = answers
    return answer.decode().replace(str(project), PROJECT)


def test_events_are_answered_as_before(tmp_path: Path) -> None:
    found = [
        {"event": case["event"], "answer": answer_to(case["event"], tmp_path / str(number))}
        for number, case in enumerate(CASES)
    ]
    if os.environ.get("WRITE_CASES"):
        FILE.write_text("".join(json.dumps(case) + "\n" for case in found))
    assert found == CASES


def test_there_are_enough_of_every_kind() -> None:
    assert len(CASES) >= 200
    answered = [case["answer"] for case in CASES if case["answer"]]
    for words in ("contradicts", "is not in MEMORY.md now", "would not be loaded"):
        assert any(words in answer for answer in answered), words
    assert all(len(answer) < 2500 for answer in answered)


def test_there_is_each_event_that_the_client_has() -> None:
    names = re.findall(r"hook_event_name\W+(\w+)", FILE.read_text())
    assert set(re.findall(r"\w+", NAMES)) <= set(names)


def test_a_huge_content_is_answered(tmp_path: Path) -> None:
    given = {"file_path": f"{PROJECT}/{STORE}/MEMORY.md", "content": "- a fact\n" * 40_000}
    event = {"hook_event_name": "PreToolUse", "session_id": "s", "tool_name": "Write", "tool_input": given}
    assert "would not be loaded" in answer_to(json.dumps(event), tmp_path)
