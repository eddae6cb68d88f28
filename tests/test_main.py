import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cli.program import COMMAND, OVER_LIMIT, ROOT, memoryd, project_store
from support import unmeasured

HEAVY = {"typer", "pydantic", "structlog", "sqlite3", "sqlite_utils", "yaml", "pyromark", "watchdog", "rich"}


def imported(*arguments: str, cwd: Path) -> set[str]:
    """Top-level modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "memoryd", *arguments],
        cwd=cwd,
        env={**unmeasured(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    lines = (line for line in done.stderr.decode().splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT})
    return tmp_path


def test_version(tmp_path: Path) -> None:
    done = memoryd("--version", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert re.fullmatch(r"memoryd \d+\.\d+\.\d+\n", done.out)
    # any other form goes the long way to the same answer
    assert memoryd("--version", "status", cwd=tmp_path) == done


def test_version_imports_nothing_heavy(tmp_path: Path) -> None:
    assert not imported("--version", cwd=tmp_path) & HEAVY


def test_a_check_imports_no_database_no_logger_no_watcher(project: Path) -> None:
    found = imported("check", cwd=project)
    assert "pyromark" in found
    assert not found & {"sqlite3", "sqlite_utils", "structlog", "watchdog", "rich", "asyncio"}


def test_a_search_imports_no_logger_no_watcher(project: Path) -> None:
    found = imported("search", "fact", cwd=project)
    assert "sqlite3" in found
    assert not found & {"structlog", "watchdog", "rich", "asyncio"}


def test_help_groups_the_commands(tmp_path: Path) -> None:
    done = memoryd("--help", cwd=tmp_path)
    assert done.code == 0
    groups = re.findall(r"^(\w+):$", done.out, re.MULTILINE)
    assert groups == ["Options", "Look", "Check", "Tidy", "Connect", "Start", "Run"]


@pytest.mark.parametrize("arguments", [["nosuch"], ["check", "--nosuch"], ["check", "--format", "nosuch"]])
def test_a_wrong_command_line_is_2(tmp_path: Path, arguments: list[str]) -> None:
    assert memoryd(*arguments, cwd=tmp_path).code == 2


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (["check"], 1),
        (["show", "reviewer"], 0),
        (["compact", "--diff"], 1),
        (["check", "--json"], 1),
        (["check", "--help"], 0),
    ],
)
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_reader_that_goes_away_changes_nothing(
    tmp_path: Path, command: list[str], code: int, unbuffered: str
) -> None:
    line = "- [{0}](gone-{0}.md) " + 100 * "x" + "\n"
    links = "".join(map(line.format, range(900)))  # more than a pipe holds
    project_store(tmp_path, "reviewer", {"MEMORY.md": links})
    process = subprocess.Popen(
        [*COMMAND, *command],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": unbuffered},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    error = process.stderr.read().decode()
    process.stderr.close()
    assert process.wait(timeout=60) == code
    assert "Traceback" not in error
    assert "Exception" not in error


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
def test_output_that_cannot_be_written_is_2(project: Path) -> None:
    with open("/dev/full", "wb") as full:
        done = subprocess.run(
            [*COMMAND, "check"],
            cwd=project,
            env={**unmeasured(), "PYTHONPATH": str(ROOT)},
            stdout=full,
            stderr=subprocess.PIPE,
            check=False,
        )
    assert done.returncode == 2
    assert done.stderr == b"error: cannot write the output: No space left on device\n"


def test_a_bug_is_3_and_its_traceback_is_private(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broken = tmp_path_factory.mktemp("broken")  # an installation in which a library is broken
    (broken / "pyromark.py").write_text("raise RuntimeError('broken')\n")
    done = memoryd("check", cwd=project, PYTHONPATH=f"{broken}{os.pathsep}{ROOT}")
    assert (done.code, done.out) == (3, "")
    message, _, place = done.err.partition("; the traceback is in ")
    assert message == "bug: RuntimeError"
    log = Path(place.rstrip("\n"))
    assert log.name == "bug.log"
    assert log.stat().st_mode & 0o777 == 0o600
    assert "RuntimeError: broken" in log.read_text()


def test_a_bug_is_told_even_where_its_log_cannot_be_written(
    project: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    broken = tmp_path_factory.mktemp("broken")
    (broken / "pyromark.py").write_text("raise RuntimeError('broken')\n")
    (broken / "file").touch()
    path = f"{broken}{os.pathsep}{ROOT}"
    done = memoryd(
        "check", cwd=project, PYTHONPATH=path, MEMORYD_STATE_DIR=str(broken / "file"), TMPDIR=str(broken)
    )
    assert done.code == 3
    log = Path(done.err.partition("; the traceback is in ")[2].rstrip("\n"))
    assert log.parent == broken
    assert log.stat().st_mode & 0o777 == 0o600
