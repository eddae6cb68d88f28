"""`memoryd service` where there is no manager to talk to, and what it would write."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import typer
from cli.program import COMMAND, ROOT, Done, memoryd
from house.documentation import text_of
from support import REPOSITORY, write_tree

from memoryd.cli.commands.service import app

UNIT = Path(".config", "systemd", "user", "memoryd.service")


def without_systemd(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run where no user manager can be found."""
    programs = cwd / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("git", "env"):
        if (found := shutil.which(name)) and not (programs / name).exists():
            (programs / name).symlink_to(found)
    return memoryd(*arguments, cwd=cwd, PATH=str(programs), **environment)


def test_settings_of_the_shell_get_into_the_unit(tmp_path: Path) -> None:
    own = {"MEMORYD_SETTLE": "5m", "CLAUDE_CONFIG_DIR": "own place", "XDG_STATE_HOME": str(tmp_path / "100%")}
    done = without_systemd("service", "install", "--dry-run", cwd=tmp_path, **own)
    assert "Environment=MEMORYD_SETTLE=5m\n" in done.out
    assert f'Environment="CLAUDE_CONFIG_DIR={tmp_path}/own place"\n' in done.out
    assert f"Environment=XDG_STATE_HOME={tmp_path}/100%%\n" in done.out
    assert "RUNTIME_DIR=" not in done.out  # the manager sets its own


def test_a_program_that_will_not_stay_or_cannot_start_alone_is_refused(tmp_path: Path, home: Path) -> None:
    cached = home / ".cache" / "uv" / "archive"
    cached.parent.mkdir(parents=True)
    cached.symlink_to(sys.prefix)
    program = str(cached / "bin" / Path(sys.executable).name)
    command = [program, *COMMAND[1:], "service", "install", "--dry-run"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    if sys.prefix != sys.base_prefix:
        assert (done.returncode, "is in a cache" in done.stderr) == (2, True)
    shutil.copytree(REPOSITORY / "memoryd", tmp_path / "copy" / "memoryd")
    done = subprocess.run(
        [*COMMAND, "service", "install", "--dry-run"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "copy")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, "cannot import this memoryd" in done.stderr) == (2, True)


def test_uninstall_works_with_a_bad_configuration_and_without_a_manager(tmp_path: Path, home: Path) -> None:
    write_tree(home / ".config" / "memoryd", {"config.toml": "setle = 1\n"})
    if sys.platform == "darwin":
        pytest.skip("the unit is a property list")
    write_tree(home / UNIT.parent, {UNIT.name: "[Service]\nExecStart=/bin/true\n"})
    done = without_systemd("service", "uninstall", cwd=tmp_path)
    assert done.code == 0, done.err
    assert not (home / UNIT).exists()
    assert "the service was not stopped: there is no systemd" in done.err
    assert "kept: " in done.err
    assert "config.toml" in done.err


def test_every_sub_command_and_option_is_in_the_topic() -> None:
    section = text_of("service")
    group = typer.main.get_group(app)
    missing = [name for name in group.commands if f"`{name}`" not in section]
    options = {
        option
        for command in group.commands.values()
        for parameter in command.params
        for option in (*parameter.opts, *parameter.secondary_opts)
        if option.startswith("--") and option not in {"--help", "--color"}
    }
    assert missing + [option for option in sorted(options) if option not in section] == []
