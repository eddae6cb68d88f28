"""Answers to hook events, as Claude Code reads them."""

import json

_MOST = 1000  # characters of a text for an agent


def context(event: str, text: str) -> bytes:
    """Return an answer that adds a text for the agent; empty without one."""
    return _answer(event, additionalContext=_limited(text)) if text else b""


def denial(event: str, reason: str) -> bytes:
    """Return an answer that refuses the use of a tool."""
    return _answer(event, permissionDecision="deny", permissionDecisionReason=_limited(reason))


def question(event: str, reason: str) -> bytes:
    """Return an answer that asks the person."""
    return _answer(event, permissionDecision="ask", permissionDecisionReason=_limited(reason))


def message(text: str) -> bytes:
    """Return an answer that is shown to the person only; empty without a text."""
    return json.dumps({"systemMessage": _limited(text)}).encode() if text else b""


def _answer(event: str, **values: str) -> bytes:
    return json.dumps({"hookSpecificOutput": {"hookEventName": event, **values}}).encode()


def _limited(text: str) -> str:
    return text if len(text) <= _MOST else f"{text[: _MOST - 1]}…"
