import re
import shutil
import sys
from pathlib import Path

import pytest
from cli.program import Done, memoryd, project_store

UNIT = Path(".config", "systemd", "user", "memoryd.service")


def without_systemd(*arguments: str, cwd: Path, **environment: str) -> Done:
    """Run where no user manager can be found."""
    programs = cwd / "programs"
    programs.mkdir(exist_ok=True)
    for name in ("git", "env"):
        if (found := shutil.which(name)) and not (programs / name).exists():
            (programs / name).symlink_to(found)
    return memoryd(*arguments, cwd=cwd, PATH=str(programs), **environment)


@pytest.mark.parametrize("command", ["install", "start", "stop", "restart", "status"])
def test_where_there_is_no_systemd_it_says_what_to_do_instead(
    tmp_path: Path, home: Path, command: str
) -> None:
    done = without_systemd("service", command, cwd=tmp_path)
    assert done.code == 2
    assert re.fullmatch(
        r"error: cannot run a service here: there is no .*\n"
        r"  hint: `memoryd run` does the same .*@reboot .*memoryd run`\n",
        done.err,
    )
    assert not (home / UNIT).exists()


def test_a_dry_run_shows_each_file_and_writes_none(tmp_path: Path, home: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    done = without_systemd("service", "install", "--strict", "--dry-run", cwd=tmp_path)
    if sys.platform == "darwin":
        assert (done.code, "--strict" in done.err) == (2, True)
        return
    assert done.code == 0, done.err
    assert f"# {home / UNIT}\n" in done.out
    assert f"ExecStart={sys.executable} -P -m memoryd run\n" in done.out
    assert f"ReadWritePaths=-{tmp_path}/.claude/agent-memory\n" in done.out
    assert done.err.count("would write ") == 2
    assert not (home / ".config").exists()
