"""macOS's launchd, asked and told by `launchctl`."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from memoryd.domain.service import LABEL, ServiceState
from memoryd.errors import MemorydError

_PATIENCE = 60.0  # seconds


class Launchd:
    """The launchd of this user's graphical session.

    Attributes:
        patience: Seconds to wait for the daemon's word after a start, which waits for nothing.
    """

    patience = 300.0

    @property
    def unit(self) -> Path:
        """Where the property list of the user's agent lies."""
        return Path(os.path.expanduser(f"~/Library/LaunchAgents/{LABEL}.plist"))

    @property
    def files(self) -> tuple[Path, ...]:
        """All files that the service consists of."""
        return (self.unit,)

    @property
    def log(self) -> Path:
        """Where the agent's log goes."""
        return Path(os.path.expanduser("~/Library/Logs/memoryd.log"))

    def unreachable(self) -> str | None:
        """Why there is no launchd to talk to, one sentence; None where there is one."""
        if shutil.which("launchctl") is None:
            return "there is no launchd on this machine"
        if _launchctl("print", _domain()).returncode:
            return "this is no graphical session of yours: launchd has no place for an agent here"
        return None

    def state(self) -> ServiceState:
        """What launchd knows of the agent."""
        done = _launchctl("print", _target())
        pid = re.search(r"^\s*pid = (\d+)$", done.stdout, re.MULTILINE)
        code = re.search(r"^\s*last exit code = (\d+)", done.stdout, re.MULTILINE)
        return ServiceState(
            active="active" if pid else "inactive",
            enabled=done.returncode == 0,
            pid=int(pid[1]) if pid else None,
            code=int(code[1]) if code else 0,
        )

    def read(self) -> None:
        """Have it read the property list anew, which also starts the agent."""
        if self.state().enabled:
            self.forget()
        _demand("bootstrap", _domain(), str(self.unit))

    def forget(self) -> None:
        """Have it stop the agent, and not start it again."""
        if self.state().enabled:
            _demand("bootout", _target())

    def forgotten(self) -> None:
        """Nothing: launchd has forgotten the agent already."""

    def start(self) -> None:
        """Start the agent if it does not run."""
        _demand("kickstart", _target())

    def stop(self) -> None:
        """End the agent; it ends cleanly, so launchd does not start it again before the next login."""
        if self.state().pid is not None:
            _demand("kill", "SIGTERM", _target())

    def restart(self) -> None:
        """Start the agent, ending it first if it runs."""
        _demand("kickstart", "-k", _target())

    def journal(self, lines: int, *, follow: bool) -> list[str]:
        """The command that prints the agent's log."""
        return ["tail", "-n", str(lines), *(["-f"] if follow else []), str(self.log)]


def _domain() -> str:
    return f"gui/{os.geteuid()}"


def _target() -> str:
    return f"{_domain()}/{LABEL}"


def _launchctl(*words: str) -> subprocess.CompletedProcess[str]:
    command = ["launchctl", *words]
    try:
        return subprocess.run(  # noqa: S603  # found on PATH, as people find it
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
            timeout=_PATIENCE,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no answer within {_PATIENCE:.0f} seconds")


def _demand(*words: str) -> None:
    done = _launchctl(*words)
    if done.returncode:
        said = done.stderr.strip().partition("\n")[0]
        raise MemorydError(
            f"launchctl {words[0]} failed: {said or f'it ended with {done.returncode}'}",
            "`memoryd service logs` tells more",
        )
