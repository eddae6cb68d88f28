import subprocess
import sys
from pathlib import Path

import pytest
import typer
from cli.program import OVER_LIMIT, ROOT, memoryd, project_store
from support import unmeasured

from memoryd.cli import app, program
from memoryd.errors import MemorydError

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


def test_a_command_imports_no_other_command(project: Path) -> None:
    commands = {name for name in imported("rule", cwd=project) if name.startswith("memoryd.cli.commands.")}
    assert not commands & {
        f"memoryd.cli.commands.{name}" for name in ("show", "status", "search", "prune", "forget")
    }


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
        except (typer.BadParameter, MemorydError) as error:
            return MemorydError if type(error) is typer.BadParameter else type(error)  # in our words
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
