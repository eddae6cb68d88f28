"""A real `systemd --user` and a real journal, in namespaces of their own, while a test needs them."""

import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from support import python, wait_for

_PROGRAMS = ("unshare", "nsenter", "setpriv", "mount", "systemctl", "journalctl")
_PLACES = ("/lib/systemd", "/usr/lib/systemd")
_MANAGER = "user.slice/user-$(id -u).slice/user@$(id -u).service/init.scope"  # where the journal looks for it

_CGROUP = """
set -e
mkdir -p "$1/cgroup"
mount -t cgroup2 none "$1/cgroup"
cd "$1/cgroup$(sed -n 's/^0:://p' /proc/self/cgroup)"
"""
_OUTER = f"""{_CGROUP}
mkdir "$2"
echo $$ > "$2/cgroup.procs"
exec unshare -p -f -C --mount-proc --kill-child sh -c "$3" sh "$1"
"""
_INNER = f"""
set -e
mount -t cgroup2 none /sys/fs/cgroup
mount -t tmpfs none /run
mkdir -p /run/systemd/system /run/systemd/journal /run/log/journal /sys/fs/cgroup/{_MANAGER}
$JOURNALD > /dev/null 2>&1 &
until test -S /run/systemd/journal/stdout; do sleep 0.02; done
sh -c 'echo $$ > /sys/fs/cgroup/{_MANAGER}/cgroup.procs; exec $MANAGER --user' > "$1/manager.log" 2>&1 &
wait
"""
_CLEAN_UP = f"""{_CGROUP}
find "$2" -depth -type d -exec rmdir {{}} +
"""


def why_not() -> str:
    """Why there can be no manager here; "" if there can."""
    if os.geteuid():
        return "needs root, for namespaces"
    missing = [name for name in _PROGRAMS if shutil.which(name) is None]
    missing += [name for name in ("systemd", "systemd-journald") if _program(name) is None]
    if missing:
        return f"not installed: {', '.join(missing)}"
    if subprocess.run(
        python("-P", "-c", "import memoryd"), cwd="/", env={}, capture_output=True, check=False
    ).returncode:
        return "memoryd is not installed in this Python"
    mount = ("mount", "-t", "cgroup2", "none", "/sys/fs/cgroup")
    done = _alone("-p", "-f", "-C", "--mount-proc", *mount)
    return f"namespaces are not allowed here: {done.stderr.strip()}" if done.returncode else ""


def _program(name: str) -> str | None:
    return next((f"{place}/{name}" for place in _PLACES if os.access(f"{place}/{name}", os.X_OK)), None)


def _alone(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["unshare", "-m", *command], capture_output=True, text=True, check=False)


class UserManager:
    """Runs commands beside the manager: in its namespaces, with its environment."""

    def __init__(self, process: int, environment: dict[str, str]) -> None:
        self._process = process
        self._environment = environment
        self.home = Path(environment["HOME"])

    def run(self, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
        enter = ["nsenter", f"--target={self._process}", "--pid", "--mount", "--cgroup"]
        return subprocess.run(
            [*enter, "env", "-C", self.home, *command],
            env={**self._environment, "NO_COLOR": "1", **_measured(), **environment},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def memoryd(self, *words: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return self.run(*python("-m", "memoryd", *words), **environment)

    def install(self, *words: str, **environment: str) -> None:
        done = self.memoryd("service", "install", *words, **environment)
        assert done.returncode == 0, done.stdout + done.stderr

    def systemctl(self, *words: str) -> str:
        done = self.run("systemctl", "--user", *words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def show(self, name: str) -> str:
        """A property of the service."""
        return self.systemctl("show", "memoryd", f"--property={name}", "--value").strip()

    def kill(self, signal: str) -> None:
        self.systemctl("kill", f"--signal={signal}", "memoryd")

    def configure(self, **settings: str) -> None:
        """Change what the unit says, as people do: shorter times, above all."""
        place = self.home / ".config" / "systemd" / "user" / "memoryd.service.d"
        place.mkdir(parents=True, exist_ok=True)
        lines = "".join(f"{name}={value}\n" for name, value in settings.items())
        (place / "test.conf").write_text(f"[Service]\n{lines}")
        self.systemctl("daemon-reload")

    def journal(self) -> str:
        return self.run("journalctl", "--user-unit=memoryd", "--output=cat", "--no-pager").stdout

    def wait_for(self, name: str, value: str) -> None:
        wait_for(lambda: self.show(name) == value, 60)


def _measured() -> dict[str, str]:
    """What coverage asks of child processes."""
    return {name: value for name, value in os.environ.items() if name.startswith("COVERAGE_")}


@contextmanager
def user_manager(home: Path) -> Iterator[UserManager]:
    """Start one for a home directory; all that it started ends with it."""
    place = tempfile.mkdtemp(prefix="run-")  # short: sockets lie there
    environment = {"HOME": str(home), "PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": place}
    programs = {"JOURNALD": str(_program("systemd-journald")), "MANAGER": str(_program("systemd"))}
    name = os.path.basename(place)
    with (home / "boot.log").open("wb") as output:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", "unshare", "-m", "sh", "-c", _OUTER, "sh", place, name, _INNER],
            env=environment | programs,
            stdout=output,
            stderr=output,
        )
    try:
        wait_for(lambda: process.poll() is not None or _first(process.pid))
        assert process.poll() is None, (home / "boot.log").read_text()
        manager = UserManager(_first(process.pid), environment)
        wait_for(lambda: manager.run("systemctl", "--user", "is-active", "default.target").returncode == 0)
        yield manager
    finally:
        process.kill()
        process.wait()
        wait_for(lambda: _alone("sh", "-c", _CLEAN_UP, "sh", place, name).returncode == 0)
        shutil.rmtree(place)


def _first(pid: int) -> int:
    """The child that is the first process of the namespace; 0 while there is none."""
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        with suppress(OSError):
            (numbers,) = re.findall(
                r"^NSpid:\s+(.+)$", Path(f"/proc/{child}/status").read_text(), re.MULTILINE
            )
            if numbers.split()[1:] and numbers.endswith("\t1"):
                return int(child)
    return 0
