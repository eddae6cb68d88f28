"""systemd's user manager, controlled by `systemctl`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from memoryd.domain.service import ServiceState
from memoryd.errors import MemorydError

UNIT = "memoryd.service"
_PATIENCE = 30.0  # seconds for an answer
_MUCH_PATIENCE = 600.0  # for a start, which waits for the first scan
_PROPERTIES = (
    "ActiveState", "UnitFileState", "MainPID", "NRestarts", "Result", "ExecMainStatus", "StatusText",
    "ActiveEnterTimestamp", "NeedDaemonReload",
)  # fmt: skip


class Systemd:
    """The user manager of this session.

    Args:
        runtime: The session's runtime directory; None outside a session.

    Attributes:
        patience: Seconds to wait for the daemon after a start, which itself has waited.
    """

    patience = 10.0

    def __init__(self, runtime: str | None) -> None:
        self._runtime = runtime

    @property
    def unit(self) -> Path:
        """Return the path of the user's unit."""
        configuration = os.environ.get("XDG_CONFIG_HOME") or os.path.expanduser("~/.config")
        return Path(configuration, "systemd", "user", UNIT)

    @property
    def drop_in(self) -> Path:
        """Return the path of the drop-in that makes the service stricter."""
        return Path(f"{self.unit}.d", "strict.conf")

    @property
    def files(self) -> tuple[Path, ...]:
        """Return all files that the service may have, the unit first."""
        return self.unit, self.drop_in

    def unreachable(self) -> str | None:
        """Return why the user manager cannot be reached, one sentence; None if it can."""
        if sys.platform != "linux" or shutil.which("systemctl") is None:
            return "there is no systemd on this machine"
        if not os.path.isdir("/run/systemd/system"):
            return "systemd does not run here, as in most containers"
        if self._runtime is None:
            return "this is not a login session of yours: XDG_RUNTIME_DIR is not set"
        try:
            owner = os.stat(self._runtime).st_uid
        except OSError as error:
            return f"this is not a login session of yours: {self._runtime}: {error.strerror}"
        if owner != os.geteuid():
            return f"this is the session of another user: {self._runtime} is not yours"
        done = self._systemctl("show", "--property=Version")
        return f"the user manager does not answer: {_said(done)}" if done.returncode else None

    def state(self) -> ServiceState:
        """Return the state of the service.

        Raises:
            MemorydError: If it does not answer.
        """
        answer = self._demand("show", UNIT, f"--property={','.join(_PROPERTIES)}")
        found = dict(line.split("=", 1) for line in answer.splitlines() if "=" in line)
        pid = int(found["MainPID"]) or None
        return ServiceState(
            active=found["ActiveState"],
            enabled=found["UnitFileState"].startswith("enabled"),
            pid=pid,
            since=found["ActiveEnterTimestamp"] if pid else "",
            result=found["Result"],
            code=int(found["ExecMainStatus"]),
            restarts=int(found["NRestarts"]),
            status=found["StatusText"] if pid else "",
            outdated=found["NeedDaemonReload"] == "yes",
        )

    def read(self) -> None:
        """Load the files again, and start the service with every session."""
        self._demand("daemon-reload")
        self._demand("enable", UNIT)

    def forget(self) -> None:
        """Stop the service, and do not start it again."""
        self._demand("disable", "--now", UNIT)

    def forgotten(self) -> None:
        """Tell the user manager that the files were removed."""
        self._demand("daemon-reload")
        self._systemctl("reset-failed", UNIT)  # fails if nothing had failed

    def start(self) -> None:
        """Start the service and wait until it is ready.

        Raises:
            MemorydError: If it does not become ready.
        """
        self._systemctl("reset-failed", UNIT)  # a person may try as often as they like
        self._demand("start", UNIT)

    def stop(self) -> None:
        """Stop the service and wait until it has ended."""
        self._demand("stop", UNIT)

    def restart(self) -> None:
        """Restart the service and wait until it is ready.

        Raises:
            MemorydError: If it does not become ready.
        """
        self._systemctl("reset-failed", UNIT)
        self._demand("restart", UNIT)

    def journal(self, lines: int, *, follow: bool) -> list[str]:
        """Return the command that prints the service's log."""
        more = ["--follow"] if follow else ["--no-pager"]
        # `--user --unit` reads a file that root does not have, and that exists only with a lasting journal
        return ["journalctl", f"--user-unit={UNIT}", f"--lines={lines}", *more]

    def _demand(self, *words: str) -> str:
        """Return the output of systemctl.

        Raises:
            MemorydError: If it failed, with its output.
        """
        done = self._systemctl(*words)
        if done.returncode:
            raise MemorydError(
                f"systemctl --user {words[0]} failed: {_said(done)}",
                "`memoryd service status` and `memoryd service logs` show more",
            )
        return done.stdout

    def _systemctl(self, *words: str) -> subprocess.CompletedProcess[str]:
        patience = _MUCH_PATIENCE if words[0] in {"start", "restart", "disable", "stop"} else _PATIENCE
        session = {"XDG_RUNTIME_DIR": self._runtime or ""}
        return _run("systemctl", "--user", "--no-pager", *words, patience=patience, more=session)


def lingers() -> bool | None:
    """Return whether the user manager starts at boot and stays after logout; None if unknown."""
    if shutil.which("loginctl") is None:
        return None
    done = _run("loginctl", "show-user", str(os.geteuid()), "--property=Linger")
    answer = done.stdout.strip()
    return answer == "Linger=yes" if done.returncode == 0 and answer else None


def _run(
    *command: str, patience: float = _PATIENCE, more: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603  # systemd's own programs, without a shell
            command,
            env={**os.environ, "LC_ALL": "C", "SYSTEMD_COLORS": "0", **(more or {})},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            text=True,
            errors="replace",
            timeout=patience,
        )
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 1, "", f"no answer within {patience:.0f} seconds")


def _said(done: subprocess.CompletedProcess[str]) -> str:
    line = done.stderr.strip().partition("\n")[0].rstrip(".")
    return line or f"it ended with {done.returncode}"
