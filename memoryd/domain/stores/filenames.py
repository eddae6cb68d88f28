"""Files recognized by name: READMEs, templates, logs."""

import re

from memoryd.values import regex

_ABOUT_FILES = regex(r"(?:.*/)?_?(?:readme|templates?|example|changelog)(?:\.md|/.*)", re.IGNORECASE)
# Of Claude Code and others, and those of OpenClaw and Hermes.
_INSTRUCTION_NAMES = (
    "AGENTS.md AGENT.md CLAUDE.md GEMINI.md QWEN.md "
    "SOUL.md TOOLS.md IDENTITY.md HEARTBEAT.md BOOTSTRAP.md USER.md"
)
_INSTRUCTIONS = frozenset(_INSTRUCTION_NAMES.split())
_SNAPSHOT = regex(r"(?<!\d)(?:19|20)\d\d([-_.]?)(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12]\d|3[01])(?!\d)[^/]*$")
_DATED = regex(r"(?:^|/)\d{4}-?\d{2}-?\d{2}(?:\D|$)")

_SHARED = regex(
    r"_*(?:(?:team|agent|project|message|task|work)[-_]?)?(?:"
    r"shared?|common|global|boards?|bulletins?|black[-_]?boards?|notice[-_]?boards?|kanban|inbox(?:es)?|outbox(?:es)?|"
    r"mail(?:box(?:es)?)?|messages?|queues?|hand-?_?(?:off|over)s?|coordination|scratch(?:pads?)?|archives?d?|"
    r"backlog|logs?|journal|events?"
    r")[-_]*",
    re.IGNORECASE,
)


def is_shared_name(name: str) -> bool:
    """Return whether a directory is, by its name, one that several agents use: a board, a mailbox."""
    return bool(_SHARED.fullmatch(name))


def is_about_files(path: str) -> bool:
    """Return whether a file explains memory and is none itself: a README or a template."""
    return bool(_ABOUT_FILES.fullmatch(path))


def is_dated(path: str) -> bool:
    """Return whether the name of a file begins with a date, like that of a log."""
    return bool(_DATED.search(path))


def is_snapshot(path: str) -> bool:
    """Return whether the name of a file has a date, like that of a log, a report or a hand-over."""
    return bool(_SNAPSHOT.search(path))


def is_instruction(path: str) -> bool:
    """Return whether the name of a file is that of instructions, which a harness loads, and no memory."""
    return path.rpartition("/")[2] in _INSTRUCTIONS
