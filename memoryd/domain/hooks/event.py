"""Events of Claude Code's hooks."""

import json
from collections.abc import Mapping
from dataclasses import field

from memoryd.domain.hooks.patch import apply_patch
from memoryd.values import dataclass

_LONGEST_NAME = 200  # characters
_ERROR = "<tool_use_error>"  # begins what the model is told of a call that failed


@dataclass(frozen=True, slots=True)
class HookEvent:
    """One event; what is missing or of another type than documented is "".

    Attributes:
        name: Its name: `PreToolUse`.
        session: Identifier of the session.
        agent_id: Identifier of a running subagent; "" in the main thread.
        agent: Type of the subagent, or of the main thread of an `--agent` session.
        directory: The working directory of the session.
        record: Path of the session's record.
        source: How a session started: `startup`, `resume`, `clear` or `compact`.
        tool: Name of the tool.
        call: Identifier of the call.
        given: The tool's input.
        response: What the tool answered.
        calls: The calls of a batch, each with its input and what the model is told.
    """

    name: str
    session: str = ""
    agent_id: str = ""
    agent: str = ""
    directory: str = ""
    record: str = ""
    source: str = ""
    tool: str = ""
    call: str = ""
    given: Mapping[str, object] = field(default_factory=dict)
    response: Mapping[str, object] = field(default_factory=dict)
    calls: tuple[Mapping[str, object], ...] = ()

    @property
    def thread(self) -> str:
        """The name of its session, with that of the subagent, for the history; "" without a session."""
        name = f"{self.session}/{self.agent_id}" if self.agent_id else self.session
        return name if self.session and len(name) <= _LONGEST_NAME else ""

    @property
    def path(self) -> str:
        """The path of the file that the tool reads or writes."""
        return _text(self.given, "file_path")

    @property
    def shown(self) -> str:
        """The text of a file that the agent saw in this event: read, written, or around an edit."""
        if self.tool == "Read":
            return _text(_object(self.response, "file"), "content")
        if self.tool == "Write":
            return _text(self.given, "content")
        lines = [
            line[1:]
            for hunk in _objects(self.response, "structuredPatch")
            for line in _lines(hunk)
            if line[:1] in {" ", "+"}
        ]
        return "\n".join([*lines, _text(self.given, "new_string")])

    @property
    def spawned(self) -> str:
        """The type of the subagent that the tool is about to start; "" for anything else."""
        is_start = self.name == "PreToolUse" and self.tool in {"Agent", "Task"}
        return _text(self.given, "subagent_type") if is_start else ""

    @property
    def text_replaced(self) -> str:
        """The text that an edit replaces."""
        return _text(self.given, "old_string")

    @property
    def failed_edits(self) -> tuple["HookEvent", ...]:
        """The edits of a batch that failed; for those the client calls no hook of their own."""
        return tuple(
            HookEvent(self.name, tool="Edit", given=_object(call, "tool_input"))
            for call in self.calls
            if _text(call, "tool_name") == "Edit" and _text(call, "tool_response").startswith(_ERROR)
        )

    def text_before(self) -> str | None:
        """Return the text of the file before a write that took place; None for a new or unknown one."""
        before = self.response.get("originalFile")
        return before if isinstance(before, str) else None

    def text_after(self) -> str | None:
        """Return the text of the file after a write that took place, as far as the event tells it."""
        before = self.text_before()
        if before is not None and (hunks := _objects(self.response, "structuredPatch")):
            patched = apply_patch(before, hunks)
            if patched is not None:
                return patched
        return self.text_wanted(before)

    def text_wanted(self, before: str | None) -> str | None:
        """Return the text of the file that a write would make; None if it would fail or is none.

        Args:
            before: The text of the file now; None if it does not exist.
        """
        if self.tool == "Write":
            content = self.given.get("content")
            return content if isinstance(content, str) else None
        old, new = self.text_replaced, self.given.get("new_string")
        if self.tool != "Edit" or before is None or not isinstance(new, str) or not old or old not in before:
            return None
        return before.replace(old, new, -1 if self.given.get("replace_all") is True else 1)


def read_event(raw: bytes) -> HookEvent | None:
    """Return an event as the client sends it; None if it is not one."""
    try:
        values = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(values, dict) or not _text(values, "hook_event_name"):
        return None
    return HookEvent(
        name=_text(values, "hook_event_name"),
        session=_text(values, "session_id"),
        agent_id=_text(values, "agent_id"),
        agent=_text(values, "agent_type"),
        directory=_text(values, "cwd"),
        record=_text(values, "transcript_path"),
        source=_text(values, "source"),
        tool=_text(values, "tool_name"),
        call=_text(values, "tool_use_id"),
        given=_object(values, "tool_input"),
        response=_object(values, "tool_response"),
        calls=_objects(values, "tool_calls"),
    )


def _text(values: Mapping[str, object], key: str) -> str:
    found = values.get(key)
    return found if isinstance(found, str) else ""


def _object(values: Mapping[str, object], key: str) -> Mapping[str, object]:
    found = values.get(key)
    return found if isinstance(found, dict) else {}


def _objects(values: Mapping[str, object], key: str) -> tuple[Mapping[str, object], ...]:
    found = values.get(key)
    return tuple(each for each in found if isinstance(each, dict)) if isinstance(found, list) else ()


def _lines(hunk: Mapping[str, object]) -> list[str]:
    found = hunk.get("lines")
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []
