"""Links to files: only where a terminal has them, and no name can end one."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote_to_bytes

import pytest
from cli.program import Terminal, project_store
from hypothesis import example, given
from hypothesis import strategies as st

from memoryd.cli.output import links, terminal
from memoryd.domain.text.width import width

LINK = re.compile(r"\x1b\]8;;(file://[\w.%~-]*/[\w.%~/-]*)\x1b\\(.*?)\x1b\]8;;\x1b\\")
EVIL = "a\x1b]8;;http:x\x1b\\b\x07 \udcff;é"


@contextmanager
def terminal_with(variables: dict[str, str]) -> Iterator[None]:
    """A terminal as stdout, of which nothing is known but these variables."""
    master, slave = os.openpty()
    with open(slave, "w", encoding="utf-8") as stream, pytest.MonkeyPatch.context() as patch:
        for name in ("TERM_PROGRAM", "VTE_VERSION", "FORCE_COLOR", *links._MARKS):
            patch.delenv(name, raising=False)
        for name, value in {"NO_COLOR": "", "TERM": "xterm-256color", **variables}.items():
            patch.setenv(name, value)
        patch.setattr("sys.stdout", stream)
        yield
    os.close(master)


@pytest.mark.parametrize(
    ("variables", "shown"),
    [
        ({}, "plain"),
        ({"TERM_PROGRAM": "WezTerm"}, "linked"),
        ({"TERM_PROGRAM": "Apple_Terminal"}, "plain"),
        ({"TERM": "xterm-kitty"}, "linked"),
        ({"TERM": "dumb", "TERM_PROGRAM": "WezTerm"}, "plain"),
        ({"NO_COLOR": "1", "TERM_PROGRAM": "WezTerm"}, "plain"),
        ({"VTE_VERSION": "7003"}, "linked"),
        ({"VTE_VERSION": "5000"}, "plain"),
        ({"VTE_VERSION": "x"}, "plain"),
        ({"WT_SESSION": "1"}, "linked"),
    ],
    ids=str,
)
def test_a_terminal_is_known_to_have_links(variables: dict[str, str], shown: str) -> None:
    with terminal_with(variables):
        found = links.link("a", "/a")
    assert ("plain" if found == "a" else "linked") == shown


def test_there_are_none_in_pipes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "")
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM_PROGRAM", "WezTerm")
    assert links.link("a", "/a") == "a"


@given(st.binary(max_size=20).filter(lambda name: b"\0" not in name))
@example(os.fsencode(EVIL))
def test_the_address_is_plain_and_leads_to_the_file(name: bytes) -> None:
    path = f"/{os.fsdecode(name)}"
    shown = terminal._for_people(terminal.one_line(terminal.linked(path, f"file://{links._quoted(path)}")))
    found = LINK.fullmatch(shown)
    assert found is not None
    assert unquote_to_bytes(found[1].removeprefix("file://")) == b"/" + name
    assert "\x1b" not in found[2]
    assert width(terminal.plain(terminal.linked("ab", f"file://{links._quoted(path)}"))) == 2


def test_a_report_leads_to_its_files(tmp_path: Path) -> None:
    project = tmp_path / EVIL.replace("/", "_").replace("\udcff", "")
    project_store(project, "reviewer", {"MEMORY.md": "- [Gone](gone.md)\n"})
    done = Terminal("check", cwd=project, TERM_PROGRAM="WezTerm").finish()
    ((address, text),) = LINK.findall(done.out)
    file = project / ".claude/agent-memory/reviewer/MEMORY.md"
    assert unquote_to_bytes(address).endswith(os.fsencode(file))
    assert address.startswith(f"file://{os.uname().nodename}/")
    assert "MEMORY.md" in text
    assert "\x1b" not in re.sub(r"\x1b\[\d+m|\r\x1b\[K", "", LINK.sub("", done.out))
