import os
import re
import signal
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, Terminal, memoryd, project_store

from memoryd.cli.output.terminal import emit_diff

STYLE = re.compile(r"\x1b\[\d+m")
ERASED = "\x1b[G\x1b[K"  # follows each note of progress


def stays(out: str) -> str:
    """Leave out the notes of progress that a slow machine sees."""
    return out.rpartition(ERASED)[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT})
    return tmp_path


def test_colours_are_shown_and_nothing_else_differs(project: Path) -> None:
    os.utime(project / ".claude/agent-memory/reviewer/MEMORY.md", (0, 0))  # not seconds ago
    for command in (["status"], ["show", "reviewer"], ["search", "fact", "--limit", "1"]):
        done = Terminal(*command, cwd=project, columns=200, LINES="1000").finish()
        assert STYLE.search(done.out)
        assert STYLE.sub("", stays(done.out)) == memoryd(*command, cwd=project).out


def test_colours_can_be_declined(project: Path) -> None:
    assert "\x1b" not in stays(Terminal("status", cwd=project, NO_COLOR="1").finish().out)
    assert "\x1b" not in stays(Terminal("status", cwd=project, TERM="dumb").finish().out)


def test_control_characters_of_memory_never_reach_the_terminal(tmp_path: Path) -> None:
    evil = "- [x](gone.md) \x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b2J zebra\r\n"
    project_store(tmp_path, "reviewer", {"MEMORY.md": evil, "e\x1b[2Jvil.md": "# zebra\n"})
    show = ["show", "reviewer"]
    for command in (["check"], ["status"], show, [*show, "--loaded"], ["search", "zebra"]):
        out = STYLE.sub("", stays(Terminal(*command, cwd=tmp_path).finish().out))
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]", out)
    for out in (Terminal("check", cwd=tmp_path).finish().out, memoryd("check", cwd=tmp_path).out):
        assert "\\x1b[31mred\\x1b[0m \\x1b]0;title\\x07" in out


def test_control_characters_of_errors_never_reach_the_terminal(tmp_path: Path) -> None:
    done = Terminal("show", "\x1b[2J", cwd=tmp_path).finish()
    assert done.code == 2
    assert done.out.startswith('error: there is no agent or path "\\x1b[2J"\n')


@pytest.mark.parametrize(("answer", "applied"), [("y", True), ("yes", True), ("n", False), ("", False)])
def test_the_question_is_obeyed(project: Path, answer: str, applied: bool) -> None:  # noqa: FBT001  # a case
    terminal = Terminal("compact", cwd=project)
    terminal.read_until("Apply these changes? [y/N] ")
    terminal.type(answer + "\n")
    done = terminal.finish()
    assert done.code == 0
    assert ("Applied as operation 1" in done.out) == applied
    assert ("Nothing changed." in done.out) == (not applied)
    assert (memoryd("check", cwd=project).code == 0) == applied


def test_the_end_of_input_is_no(project: Path) -> None:
    terminal = Terminal("compact", cwd=project)
    terminal.read_until("Apply these changes? [y/N] ")
    terminal.type("\x04")
    assert "Nothing changed." in terminal.finish().out


def test_a_diff_is_coloured(project: Path) -> None:
    out = Terminal("compact", "--diff", cwd=project).finish().out
    assert "\x1b[1m--- a/.claude/agent-memory/reviewer/MEMORY.md\x1b[0m\n" in out
    assert "\x1b[31m-- fact 0 of part " in out
    plain = memoryd("compact", "--diff", cwd=project)
    shown = STYLE.sub("", stays(out))
    assert shown.startswith(plain.out)
    assert shown.split() == (plain.out + plain.err).split()  # notes are broken between words


def test_an_interrupt_is_130_and_changes_nothing(project: Path) -> None:
    terminal = Terminal("compact", cwd=project)
    terminal.read_until("Apply these changes? [y/N] ")
    terminal.process.send_signal(signal.SIGINT)
    done = terminal.finish()
    assert done.code == 130
    assert "Traceback" not in done.out
    assert (project / ".claude/agent-memory/reviewer/MEMORY.md").read_text() == OVER_LIMIT


def test_a_diff_goes_to_a_stream_without_a_descriptor(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = TextIOWrapper(BytesIO(), encoding="utf-8")
    monkeypatch.setattr(sys, "stdout", stream)
    emit_diff("--- a\n+++ b\n+\x1b\n")
    assert stream.buffer.getvalue() == b"--- a\n+++ b\n+\\x1b\n"
