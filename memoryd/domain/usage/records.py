"""Uses of memory in the session records of Claude Code."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import StrEnum
from posixpath import normpath

from memoryd.domain.stores.claude_code import path_problem
from memoryd.domain.usage.tokens import estimated_tokens
from memoryd.values import dataclass, regex

_DAY = regex(r"\d{4}-\d\d-\d\dT")
_WORDS = (b'"tool_use"', b'"tool_result"', b'"AutoMem"', b'"agentSetting"', b'"attributionAgent"')
_READS = frozenset({"Read"})
_WRITES = frozenset({"Edit", "Write"})
_LONGEST_NAME = 200  # characters of an agent, a session or a call


class UseKind(StrEnum):
    """The ways in which a session uses a memory file."""

    LOAD = "load"
    READ = "read"
    WRITE = "write"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Use:
    """One use of a memory file.

    Attributes:
        kind: The way it was used.
        path: Absolute path of the file; "" for the index file of the agent's own memory, at its start.
        agent: The agent that used it; "" in the main conversation.
        day: The day in UTC, as `2026-01-31`.
        directory: The working directory of the session.
        tokens: Estimated tokens of what was loaded; 0 if the record does not have it.
    """

    kind: UseKind
    path: str
    agent: str
    day: str
    directory: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call of a tool whose result is not known yet: the path, what it is if it succeeds, and its agent."""

    path: str
    kind: UseKind
    agent: str
    day: str


@dataclass(slots=True)
class RecordState:
    """The state of a session record that was read up to an offset.

    Attributes:
        session: Identifier of the session; lines of another one are copies and do not count.
        agent: The agent of the record; "" as long as it is not known, or for none.
        is_started: The load of the agent's memory at its start was counted.
        calls: Open calls by their identifiers.
    """

    session: str
    agent: str = ""
    is_started: bool = False
    calls: dict[str, OpenCall] = field(default_factory=dict)


def read_line(line: bytes, state: RecordState, is_memory: Callable[[str], bool]) -> Iterator[Use]:
    """Yield the uses that one line of a session record tells of.

    Only paths, names, days and numbers are kept of it. A read or write counts when its result is known.

    Args:
        line: A line of any content; what is not of the documented form is skipped.
        state: The state of the record, which is updated.
        is_memory: Returns whether a normalized absolute path is that of a memory file.
    """
    is_awaited = state.agent and not state.is_started
    if not is_awaited and not any(word in line for word in _WORDS):
        return
    values = _parsed(line)
    session = values.get("sessionId")
    if isinstance(session, str) and session != state.session:
        return
    state.agent = state.agent or _name(values.get("attributionAgent")) or _name(values.get("agentSetting"))
    time = values.get("timestamp")
    day = time[:10] if isinstance(time, str) and _DAY.match(time) else ""
    if not day:
        return
    directory = values.get("cwd")
    if state.agent and not state.is_started and isinstance(directory, str):
        state.is_started = True
        yield Use(UseKind.LOAD, "", state.agent, day, directory)
    attachment = _object(values.get("attachment"))
    for file in _objects(attachment.get("files")) if attachment.get("type") == "instructions" else ():
        path = _path(file.get("path"))
        if file.get("type") == "AutoMem" and path and is_memory(path):
            text = file.get("content")
            tokens = estimated_tokens(text) if isinstance(text, str) else 0
            yield Use(UseKind.LOAD, path, state.agent, day, tokens=tokens)
    for block in _objects(_object(values.get("message")).get("content")):
        yield from _of_block(block, day, state, is_memory)


def _of_block(
    block: Mapping[str, object], day: str, state: RecordState, is_memory: Callable[[str], bool]
) -> Iterator[Use]:
    """Remember the call of a tool, or yield the use that the result of one completes."""
    if block.get("type") == "tool_use":
        tool, call = block.get("name"), _name(block.get("id"))
        path = _path(_object(block.get("input")).get("file_path"))
        kind = UseKind.READ if tool in _READS else UseKind.WRITE if tool in _WRITES else None
        if kind and call and path and is_memory(path):
            state.calls[call] = OpenCall(path, kind, state.agent, day)
    elif block.get("type") == "tool_result":
        known = state.calls.pop(_name(block.get("tool_use_id")), None)
        if known:
            kind = UseKind.FAILED if block.get("is_error") is True else known.kind
            yield Use(kind, known.path, known.agent, known.day)


def _parsed(line: bytes) -> Mapping[str, object]:
    try:
        return _object(json.loads(line))
    except (ValueError, RecursionError):
        return {}


def _object(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[Mapping[str, object]]:
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def _name(value: object) -> str:
    return value if isinstance(value, str) and value.isprintable() and len(value) <= _LONGEST_NAME else ""


def _path(value: object) -> str:
    """Return a normalized absolute path; "" for anything else."""
    if not isinstance(value, str) or not value.startswith("/") or path_problem(value):
        return ""
    return normpath(f"/{value.lstrip('/')}")
