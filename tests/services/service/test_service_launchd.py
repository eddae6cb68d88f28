"""The service commands as on macOS, with a script for launchctl that really starts and ends the daemon."""

import os
import plistlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support import REPOSITORY, python, write_tree

from memoryd.adapters.service.launchd import Launchd
from memoryd.config import Config
from memoryd.config.locations import locate
from memoryd.domain.service import LABEL
from memoryd.errors import MemorydError
from memoryd.services.service import files_of

pytestmark = pytest.mark.skipif(sys.platform == "darwin", reason="would start a real agent")

_LAUNCHCTL = f"""#!/bin/sh
here=$(dirname "$0")
pid=$(cat "$here/pid" 2>/dev/null)
begin() {{ {sys.executable} -m memoryd run > "$here/log" 2>&1 & echo $! > "$here/pid"; }}
end() {{ kill "$pid"; while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done; rm "$here/pid"; }}
case "$1 $2" in
    "print "*/*/*) test -f "$here/loaded" && if test "$pid"; then echo "	pid = $pid"; fi ;;
    "print "*) ;;
    bootstrap*) touch "$here/loaded"; begin ;;
    bootout*) if test "$pid"; then end; fi; rm "$here/loaded" ;;
    "kickstart -k") if test "$pid"; then end; fi; begin ;;
    kickstart*) if ! test "$pid"; then begin; fi ;;
    kill*) end ;;
esac
"""
_PROGRAM = """
import sys
import memoryd.config, memoryd.cli.commands.service, memoryd.cli.commands.doctor
import memoryd.services.doctor.doctor, watchdog.observers
from memoryd.__main__ import main
sys.platform = "darwin"
main()
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def run(tmp_path: Path, home: Path) -> Iterator[Run]:
    write_tree(home / ".claude" / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n"})
    write_tree(tmp_path, {"bin/launchctl": _LAUNCHCTL})
    (tmp_path / "bin" / "launchctl").chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{tmp_path}/bin:{os.environ['PATH']}",
        "PYTHONPATH": str(REPOSITORY),
    }

    def run(*words: str) -> subprocess.CompletedProcess[str]:
        command = python("-c", _PROGRAM, "service", *words)
        return subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False, timeout=120
        )

    yield run
    if (tmp_path / "bin" / "pid").exists():
        run("uninstall")


@pytest.mark.slow
def test_an_agent_is_installed_started_stopped_and_removed(run: Run, home: Path) -> None:
    agent = home / "Library" / "LaunchAgents" / f"{LABEL}.plist"
    assert run("status").returncode == 1
    done = run("install")
    if "cannot import this memoryd" in done.stderr:
        pytest.skip("memoryd is not installed in this Python")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "the service runs as process " in done.stderr
    assert f"✓ ~/Library/LaunchAgents/{LABEL}.plist starts this memoryd with your session" in done.stdout
    assert plistlib.loads(agent.read_bytes())["ProgramArguments"][0] == sys.executable
    assert "nothing to do" in run("install").stderr
    assert run("status").stdout.startswith("active, process ")
    assert run("stop").returncode == 0
    assert run("status").returncode == 1
    assert run("start").returncode == 0
    assert run("restart").returncode == 0
    assert run("status").returncode == 0
    gone = run("uninstall")
    assert (gone.returncode, agent.exists()) == (0, False)
    assert "kept: " in gone.stderr
    assert run("start").returncode == 2


def test_launchd_has_no_sandbox() -> None:
    locations = locate(os.environ)
    (agent,) = files_of(Launchd(), locations, Config(), (), sandboxed=None)
    assert agent.held is None
    with pytest.raises(MemorydError, match="no sandbox"):
        files_of(Launchd(), locations, Config(), (), sandboxed=True)
