from pathlib import Path

import pytest
from cli.program import Terminal, project_store

from memoryd.cli import pages

LINKS = "".join(f"- [topic {n}](gone-{n}.md)\n" for n in range(60))


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": LINKS})
    return tmp_path


def made(directory: Path, script: str) -> str:
    """A pager that does what a script says."""
    pager = directory / "pager"
    pager.write_text(f"#!/bin/sh\n{script}\n")
    pager.chmod(0o700)
    return str(pager)


def test_long_output_is_paged_and_the_exit_code_stays(project: Path) -> None:
    pager = made(project, "echo from the pager; sed 's/^/| /'")
    done = Terminal("check", cwd=project, MEMORYD_PAGER="", PAGER=pager).finish()
    assert "from the pager" not in done.out  # MEMORYD_PAGER counts, even if it is empty
    done = Terminal("check", cwd=project, MEMORYD_PAGER=pager, PAGER="cat").finish()
    assert done.code == 1
    assert done.out.startswith("from the pager\n| ")
    assert "gone-0.md" in done.out


def test_a_pager_that_is_left_early_or_missing_is_no_error(project: Path) -> None:
    done = Terminal("check", cwd=project, MEMORYD_PAGER=made(project, "head -1")).finish()
    assert (done.code, "Traceback" in done.out) == (1, False)
    assert len(done.out.splitlines()) == 1
    done = Terminal("check", cwd=project, MEMORYD_PAGER="no-such-pager --fast").finish()
    assert done.code == 1
    assert "gone-0.md" in done.out


def test_a_question_comes_after_the_pager(project: Path) -> None:
    long = "# Memory\n" + "".join(f"\n## Part {n}\n" + 14 * f"- a fact of {n}\n" for n in range(20))
    project_store(project, "reviewer", {"MEMORY.md": long})
    pager = made(project, "cat > /dev/null; echo paged")
    terminal = Terminal("compact", cwd=project, MEMORYD_PAGER=pager)
    terminal.read_until("Apply these changes? [y/N] ")
    assert terminal.seen.index("paged") < terminal.seen.index("Apply these changes?")
    assert "diff --git" not in terminal.seen
    terminal.type("n\n")
    assert terminal.finish().out.endswith("Nothing changed.\n")


def test_a_terminal_without_a_height_has_no_pages(project: Path) -> None:
    pager = made(project, "echo from the pager; cat")
    done = Terminal("check", cwd=project, lines=0, MEMORYD_PAGER=pager).finish()
    assert "from the pager" not in done.out


def test_short_output_and_no_pager_need_none(project: Path) -> None:
    pager = made(project, "echo from the pager; cat")
    short = Terminal("version", cwd=project, MEMORYD_PAGER=pager).finish().out
    assert short.startswith("memoryd ")
    done = Terminal("check", "--no-pager", cwd=project, MEMORYD_PAGER=pager).finish()
    assert "from the pager" not in done.out
    assert "gone-0.md" in done.out


@pytest.mark.parametrize(
    ("variables", "command"),
    [
        ({}, "less -FRX"),
        ({"PAGER": "sh -e"}, "sh -e"),
        ({"PAGER": "sh", "MEMORYD_PAGER": "cat"}, None),
        ({"PAGER": "X=1 sh"}, "X=1 sh"),
        ({"PAGER": "sh 'open"}, None),
        ({"PAGER": " "}, None),
        ({"TERM": "dumb", "PAGER": "sh"}, None),
    ],
)
def test_which_pager_is_used(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], command: str | None
) -> None:
    for name in ("PAGER", "MEMORYD_PAGER"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr("shutil.which", "/bin/{}".format)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert pages.pager() == command
