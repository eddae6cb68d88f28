"""A desk with what it needs of a daemon."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from memoryd.adapters.history.records import SeenFile
from memoryd.domain.stores.store import Store, agent_store
from memoryd.services.hooks.desk import Desk, DeskSetting


class Office:
    """A desk, what it recorded, and whom it rang."""

    def __init__(self, root: Path, *, asks: bool = False, alarmed: bool = False, waits: bool = True) -> None:
        self.root = root
        self.store: Store = agent_store(str(root), user=False)
        self.recorded: list[SeenFile] = []
        self.rung: list[str] = []
        self.bugs: list[Exception] = []
        self.operations: tuple[int, ...] = ()
        self._waits = waits
        self.desk = Desk(
            DeskSetting(
                stores=lambda: {str(root): self.store},
                record=self._record,
                ring=self.rung.append,
                is_compacted=lambda _: True,
                asks=lambda: asks,
                alarms=lambda: frozenset([str(root)] * alarmed),
                close=lambda _: self.operations,
                bug=self.bugs.append,
            )
        )

    def _record(self, files: Iterable[SeenFile]) -> None:
        self.recorded += files

    def ask(self, **values: object) -> dict[str, Any]:
        base = {
            "session_id": "s",
            "agent_id": "a",
            "agent_type": "reviewer",
            "cwd": str(self.root.parents[2]),
            "transcript_path": "/none/s.jsonl",
        }
        answers: list[bytes] = []

        def reply(answer: bytes) -> bool:
            answers.append(answer)
            return self._waits

        self.desk.answer(json.dumps(base | values).encode(), reply)
        (answer,) = answers
        found: dict[str, Any] = json.loads(answer) if answer else {}
        inner: dict[str, Any] = found.get("hookSpecificOutput", found)
        return inner

    def start(self, **values: object) -> dict[str, Any]:
        return self.ask(hook_event_name="SubagentStart", **values)

    def before(self, content: str, name: str = "MEMORY.md", **values: object) -> dict[str, Any]:
        given = {"file_path": str(self.root / name), "content": content}
        self.desk._notes.read(self.store, 60)  # what a slow machine would leave for the next question
        return self.ask(hook_event_name="PreToolUse", tool_name="Write", tool_input=given, **values)

    def after(self, content: str, name: str = "MEMORY.md", before: str | None = None) -> dict[str, Any]:
        path = self.root / name
        path.write_text(content)
        given = {"file_path": str(path), "content": content}
        response: dict[str, object] = {"originalFile": before, "structuredPatch": []}
        return self.ask(
            hook_event_name="PostToolUse", tool_name="Write", tool_input=given, tool_response=response
        )
