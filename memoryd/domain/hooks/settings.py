"""Hooks of memoryd in a settings file of Claude Code."""

import json
import shlex
from collections.abc import Iterator

from memoryd.domain.hooks.json_text import elements, find, insert, remove, start_of
from memoryd.values import regex

_OWN = regex(r"(?s)set -- (?:before|after|read|always|stop); .*hook\.sh")

# Event, matcher and kind of each hook, and the seconds after which the client goes on.
_ENTRIES = (
    ("PreToolUse", "Write|Edit", "before", 5),
    ("PreToolUse", "Agent|Task", "always", 5),
    ("PostToolUse", "Write|Edit", "after", 10),
    ("PostToolUse", "Read", "read", 10),
    ("PostToolBatch", None, "read", 10),
    ("SessionStart", None, "always", 10),
    ("SubagentStart", None, "always", 10),
    ("SubagentStop", None, "stop", 10),
    ("Stop", None, "stop", 10),
    ("SessionEnd", None, "stop", 10),
)

SHARED_GATE = '"${MEMORYD_STATE_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/memoryd}/hook.sh"'
"""The script as a word of the shell, in a file that several machines share."""


class NotSettingsError(ValueError):
    """A text is no settings file that can be edited."""


def gate_word(path: str) -> str:
    """Return the path of the script as a word of the shell."""
    return shlex.quote(path)


def entries(gate: str) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield the event and the entry of each hook.

    Args:
        gate: The script as a word of the shell.
    """
    for event, matcher, kind, seconds in _ENTRIES:
        # no file, no hook: a machine without memoryd is not disturbed
        command = f"set -- {kind}; [ ! -r {gate} ] || . {gate}"
        hook = {"type": "command", "command": command, "timeout": seconds}
        yield event, ({"matcher": matcher} if matcher else {}) | {"hooks": [hook]}


def hooks_object(gate: str) -> dict[str, list[dict[str, object]]]:
    """Return all hooks as the object that the client reads."""
    found: dict[str, list[dict[str, object]]] = {}
    for event, entry in entries(gate):
        found.setdefault(event, []).append(entry)
    return found


def install(text: str, gate: str) -> str:
    """Return settings with the hooks of memoryd, the same text if they are there already.

    Args:
        text: The settings; "" for a missing file.
        gate: The script as a word of the shell.

    Raises:
        NotSettingsError: If they cannot be edited, as the end of a sentence.
    """
    present: dict[str, list[object]] = {}
    for event, entry in installed(text):
        present.setdefault(event, []).append(entry)
    if present == hooks_object(gate):
        return text
    text = uninstall(text) or "{}\n"
    for event, entry in entries(gate):
        at = start_of(text)
        if find(text, at, "hooks") is None:
            text = insert(text, at, {}, "hooks")
        hooks = _value_at(text, at, "hooks")
        if find(text, hooks, event) is None:
            text = insert(text, hooks, [], event)
        text = insert(text, _value_at(text, hooks, event), entry)
    return text


def uninstall(text: str) -> str:
    """Return settings without the hooks of memoryd, the same text if there are none.

    Raises:
        NotSettingsError: As `install`.
    """
    events = dict.fromkeys(event for event, _ in installed(text))
    if not events:
        return text
    hooks = _value_at(text, start_of(text), "hooks")
    for event in events:
        text = _without_own(text, hooks, event)
    if not elements(text, hooks):
        text = _remove_key(text, start_of(text), "hooks")
    return text


def installed(text: str) -> list[tuple[str, object]]:
    """Return the event and the entry of each hook of memoryd.

    Raises:
        NotSettingsError: As `install`.
    """
    values = _values(text)
    hooks = values.get("hooks", {})
    if not isinstance(hooks, dict) or not all(isinstance(each, list) for each in hooks.values()):
        raise NotSettingsError('has a key "hooks" of another form than Claude Code documents')
    return [(event, each) for event, found in hooks.items() for each in found if _has_own(each)]


def _values(text: str) -> dict[str, object]:
    if not text.strip():
        return {}
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        where = f" (line {error.lineno})" if isinstance(error, json.JSONDecodeError) else ""
        raise NotSettingsError(f"is not plain JSON, or has comments{where}") from error
    if not isinstance(values, dict):
        raise NotSettingsError("is not a JSON object")
    return values


def _has_own(entry: object) -> bool:
    hooks = entry.get("hooks") if isinstance(entry, dict) else None
    return isinstance(hooks, list) and any(map(_is_own, hooks))


def _is_own(hook: object) -> bool:
    command = hook.get("command") if isinstance(hook, dict) else None
    return isinstance(command, str) and bool(_OWN.match(command))


def _without_own(text: str, hooks: int, event: str) -> str:
    """Return a text without the own hooks of an event, and without what is empty then."""
    at = _value_at(text, hooks, event)
    for number in reversed(range(len(elements(text, at)))):
        entry = elements(text, at)[number]
        value = json.loads(text[entry.value : entry.end])
        if not _has_own(value):
            continue
        inner = _value_at(text, entry.value, "hooks")
        for hook in reversed(range(len(value["hooks"]))):
            if _is_own(value["hooks"][hook]):
                text = remove(text, inner, hook)
        if not elements(text, inner):
            text = remove(text, at, number)
    return text if elements(text, at) else _remove_key(text, hooks, event)


def _remove_key(text: str, at: int, key: str) -> str:
    numbers = [number for number, each in enumerate(elements(text, at)) if each.key == key]
    return remove(text, at, numbers[-1])


def _value_at(text: str, at: int, key: str) -> int:
    """Return the offset of the value of a key that exists."""
    found = find(text, at, key)
    if found is None:
        raise KeyError(key)
    return found.value
