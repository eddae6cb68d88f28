"""macOS's launchd, controlled by `launchctl`."""

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
        patience: Seconds to wait for the daemon after a start, which itself does not wait.
    """

    patience = 300.0

    @property
    def unit(self) -> Path:
        """Return the path of the property list of the user's agent."""
        return Path(os.path.expanduser(f"~/Library/LaunchAgents/{LABEL}.plist"))

    @property
    def files(self) -> tuple[Path, ...]:
        """Return all files of the service."""
        return (self.unit,)

    @property
    def log(self) -> Path:
        """Return the path of the agent's log."""
        return Path(os.path.expanduser("~/Library/Logs/memoryd.log"))

    def unreachable(self) -> str | None:
        """Return why launchd cannot be reached, one sentence; None if it can."""
        if shutil.which("launchctl") is None:
            return "there is no launchd on this machine"
        if _launchctl("print", _domain()).returncode:
            return "this is not a graphical session of yours: launchd cannot run an agent here"
        return None

    def state(self) -> ServiceState:
        """Return the state of the agent."""
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
        """Load the property list again, which also starts the agent."""
        if self.state().enabled:
            self.forget()
        _demand("bootstrap", _domain(), str(self.unit))

    def forget(self) -> None:
        """Stop the agent, and do not start it again."""
        if self.state().enabled:
            _demand("bootout", _target())

    def forgotten(self) -> None:
        """Do nothing: launchd has no record of the agent any more."""

    def start(self) -> None:
        """Start the agent if it does not run."""
        _demand("kickstart", _target())

    def stop(self) -> None:
        """Stop the agent; it exits cleanly, so launchd does not start it again before the next login."""
        if self.state().pid is not None:
            _demand("kill", "SIGTERM", _target())

    def restart(self) -> None:
        """Start the agent, after stopping it if it runs."""
        _demand("kickstart", "-k", _target())

    def journal(self, lines: int, *, follow: bool) -> list[str]:
        """Return the command that prints the agent's log."""
        return ["tail", "-n", str(lines), *(["-f"] if follow else []), str(self.log)]


def _domain() -> str:
    return f"gui/{os.geteuid()}"


def _target() -> str:
    return f"{_domain()}/{LABEL}"


def _launchctl(*words: str) -> subprocess.CompletedProcess[str]:
    command = ["launchctl", *words]
    try:
        return subprocess.run(  # noqa: S603  # found on PATH, as in a shell
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
            "`memoryd service logs` shows more",
        )
