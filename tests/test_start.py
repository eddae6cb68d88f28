"""What a command imports before it does anything: most of a short command's time."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from cli.program import OVER_LIMIT, ROOT, memoryd, project_store
from support import unmeasured

from memoryd.cli import app, program

NEVER = {"rich", "structlog", "watchdog", "asyncio", "importlib.metadata", "sqlite_utils"}
NO_PYDANTIC = NEVER | {"pydantic", "pydantic_core", "tomllib"}
NO_DATABASE = NO_PYDANTIC | {"sqlite3"}
NO_RULES = {"memoryd.rules", "memoryd.services.checks.check", "memoryd.domain.duplicates.words"}
TYPED = [
    "",
    "x",
    "-",
    "5",
    "05",
    "0",
    "-1",
    "1_000",
    "5.0",
    "٣",
    "10001",
    "project",
    "Project",
    "full",
    "a,b",
    ".",
]


def imported(*arguments: str, cwd: Path) -> set[str]:
    """All modules that a command imports."""
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "memoryd", *arguments],
        cwd=cwd,
        env={**unmeasured(), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stderr.decode()
    lines = (line for line in done.stderr.decode().splitlines() if line.startswith("import time:"))
    return {line.rpartition("|")[2].strip() for line in lines}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT})
    memoryd("log", cwd=tmp_path)  # the history is made once
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "absent"),
    [
        (
            ["--version"],
            NO_DATABASE | NO_RULES | {"typer", "yaml", "pyromark", "re", "dataclasses", "memoryd.cli"},
        ),
        (["--help"], NO_DATABASE | {"memoryd.rules", "yaml", "pyromark", "platformdirs"}),
        (["check", "--help"], NO_DATABASE | NO_RULES | {"yaml", "pyromark", "platformdirs"}),
        (["rule", "L001"], NO_DATABASE | {"memoryd.config"}),
        (["check"], NO_DATABASE),
        (["check", ".", "--format", "github", "--fail-on", "error", "--scope", "project"], NO_DATABASE),
        (["link-check", "--select", "L001", "--json"], NO_DATABASE),
        (["show", "reviewer", "--loaded"], NO_DATABASE | NO_RULES),
        (["show", "reviewer"], NO_PYDANTIC),
        (["status"], NO_PYDANTIC),
        (["status", "--json", "--agent", "reviewer"], NO_PYDANTIC),
        (["compact", "--diff"], NO_PYDANTIC),
        (["log", "-n", "5"], NO_PYDANTIC | NO_RULES),
        (["history", "path"], NO_DATABASE | NO_RULES),
        (["history", "verify"], NO_PYDANTIC | NO_RULES),
        (["search", "fact", "--limit", "5"], NO_PYDANTIC | NO_RULES),
    ],
    ids=lambda case: " ".join(case) if isinstance(case, list) else "",
)
def test_a_command_imports_only_what_it_needs(project: Path, arguments: list[str], absent: set[str]) -> None:
    found = imported(*arguments, cwd=project)
    assert "memoryd" in found
    assert found & absent == set()


def test_a_command_imports_no_other_command(project: Path) -> None:
    commands = {name for name in imported("rule", cwd=project) if name.startswith("memoryd.cli.commands.")}
    assert not commands & {
        f"memoryd.cli.commands.{name}" for name in ("show", "status", "search", "prune", "forget")
    }


def test_what_is_configured_is_validated(project: Path, home: Path) -> None:
    (home / ".config" / "memoryd").mkdir(parents=True)
    (home / ".config" / "memoryd" / "config.toml").write_text("settle = 5\n")
    assert "pydantic" in imported("status", cwd=project)


def parameters() -> list[object]:
    """Every parameter of every command that takes a value."""
    commands = dict(typer.main.get_group(app).commands)
    for group in [each for each in commands.values() if hasattr(each, "commands")]:
        commands |= {f"{group.name} {name}": command for name, command in group.commands.items()}
    found = [
        pytest.param(command, parameter, id=f"{name} {parameter.name}")
        for name, command in commands.items()
        for parameter in command.params
        if not getattr(parameter, "is_flag", False)
    ]
    assert len(found) > 30
    return list(found)


@pytest.mark.parametrize(("command", "parameter"), parameters())
def test_what_is_typed_means_what_typer_says(
    command: typer.core.TyperCommand, parameter: typer.core.TyperOption
) -> None:
    def outcome(process: object, value: object) -> object:
        context = typer.Context(command)
        try:
            return process(context, value)  # type: ignore[operator]
        except typer.BadParameter as error:
            return type(error), error.message
        except Exception as error:  # noqa: BLE001  # whatever Typer makes of it, we do too
            return type(error), str(error)

    several = parameter.multiple or parameter.nargs != 1
    original = parameter.process_value
    ours = lambda context, value: program._processed(parameter, original, context, value)  # noqa: E731
    for text in [*TYPED, None]:
        value = text if text is None or not several else (text, "x")
        expected, found = outcome(original, value), outcome(ours, value)
        assert found == expected or (value is None and not found and not expected)
        assert type(found) is type(expected) or value is None


def test_completion_completes_commands_and_options(tmp_path: Path) -> None:
    def completed(words: str, count: int) -> list[str]:
        asked = {"_MEMORYD_COMPLETE": "complete_bash", "COMP_WORDS": words, "COMP_CWORD": str(count)}
        return memoryd(cwd=tmp_path, **asked).out.split()

    assert completed("memoryd st", 1) == ["status"]
    assert completed("memoryd history ve", 2) == ["verify"]
    assert completed("memoryd status --wa", 2) == ["--watch"]
    assert completed("memoryd check --scope l", 3) == ["local"]


def test_completion_is_printed_for_the_shell_at_hand(tmp_path: Path) -> None:
    done = subprocess.run(
        ["bash", "-c", f"{sys.executable} -m memoryd --show-completion; true"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert b"_MEMORYD_COMPLETE=complete_bash" in done.stdout, done.stderr
