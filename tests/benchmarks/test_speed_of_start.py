"""How fast a command starts, beside a bare interpreter: run with `pytest -m slow tests/benchmarks -s`.

Ratios of processor time, medians of whole processes in turn, everything compiled beforehand, as it is where
memoryd was installed; seconds differ between machines and are only printed. What takes none of Typer,
pydantic and the databases stands beside it, to show what the rest is made of.
"""

import sys
from pathlib import Path

import pytest
from benchmarks.grown import Median, grow, measure, memoryd_command
from cli.program import memoryd, project_store
from support import needs_git, python

pytestmark = pytest.mark.slow

ROUNDS = 15
ATONCE_TARGET, TARGET = 2.0, 8.0  # what is aimed at, as ratios to `python -c pass`
ATONCE_GUARD, GUARD = 2.0, 18.0  # what is held; what takes longest runs rules and opens both databases
SHARE_OF_A_CHECK = 0.5  # what `status` may take of a check of the same stores

AT_ONCE = ("--version",)
SHORT = (
    ("--help",),
    ("check", "--help"),
    ("rule", "L001"),
    ("history", "path"),
    ("check", "."),
    ("link-check", "--select", "L001"),
    ("show", "reviewer"),
    ("status",),
    ("compact", "--diff"),
    ("log", "-n", "5"),
    ("cat", ".claude/agent-memory/reviewer/MEMORY.md"),
    ("search", "fact", "--limit", "5"),
)
MADE_OF = ("typer", "pydantic.main", "rich.console", "sqlite_utils", "memoryd.rules", "memoryd.runtime")


@pytest.fixture
def compiled(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Modules are compiled once, by the round that does not count."""
    monkeypatch.setenv("PYTHONPYCACHEPREFIX", str(tmp_path_factory.mktemp("compiled")))
    monkeypatch.delenv("PYTHONDONTWRITEBYTECODE", raising=False)


def show(rows: list[tuple[str, Median]]) -> None:
    floor = rows[0][1].cpu
    lines = [f"  {what:<45} CPU {row.cpu * 1000:7.1f} ms {row.cpu / floor:6.2f} ×" for what, row in rows]
    sys.stdout.write("\n".join(["", f"start; target {TARGET:.0f} ×", *lines, ""]))


@pytest.mark.usefixtures("compiled")
def test_every_kind_of_command(tmp_path: Path) -> None:
    index = "# Memory\n\n- [Build](build.md) — how we build\n- a fact\n"
    project_store(tmp_path, "reviewer", {"MEMORY.md": index, "build.md": "# Build\n"})
    memoryd("search", "fact", cwd=tmp_path)  # both databases are made
    commands = [python("-c", "pass"), memoryd_command(*AT_ONCE)]
    commands += [memoryd_command(*arguments) for arguments in SHORT]
    commands += [python("-c", f"import {name}") for name in MADE_OF]
    names = ["python -c pass", *(" ".join(command[1:]) for command in commands[1:])]
    floor, at_once, *others = measure(commands, tmp_path, ROUNDS)
    show(list(zip(names, (floor, at_once, *others), strict=True)))
    assert at_once.cpu / floor.cpu <= ATONCE_GUARD
    for name, each in zip(names[2:], others[: len(SHORT)], strict=False):
        assert each.cpu / floor.cpu <= GUARD, name


@needs_git
@pytest.mark.usefixtures("compiled")
def test_status_of_many_stores(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MEMORYD_PROJECTS", f"{tmp_path}/*/*")
    grow(tmp_path / "memory", stores=100, files=10)
    commands = [
        python("-c", "pass"),
        memoryd_command("status"),
        memoryd_command("check", "--all", "--exit-zero", "--ignore", "D,P005"),
        memoryd_command("check", "--all", "--exit-zero"),
    ]
    floor, status, quick, everything = measure(commands, tmp_path, 5)
    show(
        [
            ("python -c pass", floor),
            ("memoryd status, 100 stores of 10 files", status),
            ("memoryd check --all, without repetitions", quick),
            ("memoryd check --all", everything),
        ]
    )
    assert b"100 stores, 1,000 files" in status.out
    assert status.cpu / everything.cpu <= SHARE_OF_A_CHECK
