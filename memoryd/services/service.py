"""Files of the service, and their installation and removal."""

import difflib
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import memoryd
from memoryd import private
from memoryd.adapters.service.launchd import Launchd
from memoryd.adapters.service.systemd import Systemd
from memoryd.config import Config
from memoryd.config.locations import LOCATIONS, PATH_VARIABLES, Locations
from memoryd.domain.service import launch_agent, strict, unit
from memoryd.domain.stores.store import Store, memory_root
from memoryd.errors import MemorydError
from memoryd.session import session_directory
from memoryd.values import dataclass

_PATIENCE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """A file of the service.

    Attributes:
        path: Where it belongs.
        content: The wanted content; None to remove the file.
    """

    path: Path
    content: bytes | None

    @property
    def held(self) -> bytes | None:
        """The content now; None if the file does not exist.

        Raises:
            MemorydError: If it is a link, or cannot be read.
        """
        if self.path.is_symlink():
            raise MemorydError(
                f"{self.path} is a link to {os.readlink(self.path)}, which memoryd did not create",
                "`systemctl --user unmask memoryd` or `rm` removes it",
            )
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MemorydError(f"cannot read {self.path}: {error.strerror}", "fix that first") from error

    @property
    def diff(self) -> str:
        """Return the pending change as a unified diff; "" if there is none."""
        before, after = (
            os.fsdecode(side or b"").splitlines(keepends=True) for side in (self.held, self.content)
        )
        return "".join(difflib.unified_diff(before, after, str(self.path), str(self.path)))

    def put(self) -> None:
        """Write or remove the file now.

        Raises:
            MemorydError: If it cannot be written.
        """
        try:
            if self.content is None:
                self.path.unlink(missing_ok=True)
                with suppress(OSError):  # it has drop-ins of others
                    self.path.parent.rmdir()
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            private.replace_file(self.path, self.content, None)
        except OSError as error:
            raise MemorydError(
                f"cannot write {self.path}: {error.strerror}", "make its directory writable"
            ) from error


def service_of_platform() -> Systemd | Launchd:
    """Return the service manager of this platform."""
    return Launchd() if sys.platform == "darwin" else Systemd(session_directory(os.environ))


def files_of(
    service: Systemd | Launchd,
    locations: Locations,
    config: Config,
    stores: Iterable[Store],
    *,
    sandboxed: bool | None,
) -> tuple[ServiceFile, ...]:
    """Return the files of the service.

    Args:
        service: The service manager.
        locations: Paths of memoryd's own files.
        config: The configuration.
        stores: The known stores.
        sandboxed: Make everything read-only except what the daemon writes; None to keep the current choice.

    Raises:
        MemorydError: If there is no sandbox here.
    """
    environment = settings(os.environ)
    if isinstance(service, Launchd):
        if sandboxed:
            raise MemorydError("launchd has no sandbox for --strict", "omit --strict")
        return (ServiceFile(service.unit, launch_agent(command(), environment, str(service.log))),)
    if sandboxed is None:
        sandboxed = service.drop_in.exists()
    drop_in = strict(_writable(locations, config, stores)) if sandboxed else None
    text = unit(command(), environment)
    return (
        ServiceFile(service.unit, os.fsencode(text)),
        ServiceFile(service.drop_in, None if drop_in is None else os.fsencode(drop_in)),
    )


def command() -> tuple[str, ...]:
    """Return the command that starts this program, independent of the working directory."""
    return (sys.executable, "-P", "-m", "memoryd")


def demand_lasting_program() -> None:
    """Refuse a program that cannot start on its own, or that is likely to be deleted.

    Raises:
        MemorydError: With the reason.
    """
    caches = {os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")}
    if any(f"{sys.prefix}/".startswith(f"{cache}/") for cache in caches) or "/.cache/" in sys.prefix:
        raise MemorydError(
            f"this memoryd is in a cache, {sys.prefix}, and will be deleted some day",
            "install it permanently: `pipx install memoryd` or `uv tool install memoryd`",
        )
    question = "import memoryd; print(memoryd.__file__)"
    bare = {name: os.environ[name] for name in ("HOME", "PATH") if name in os.environ}
    done = subprocess.run(  # noqa: S603  # this Python, without a shell
        [sys.executable, "-P", "-c", question],
        env=bare,
        cwd="/",
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=_PATIENCE,
    )
    if os.fsdecode(done.stdout).strip() != memoryd.__file__:
        raise MemorydError(
            f"{sys.executable} cannot import this memoryd",
            "install it with `pipx install .` or in a virtual environment, and run that one",
        )


def make_directories(locations: Locations) -> None:
    """Create those directories of memoryd that must exist before the sandbox starts.

    Raises:
        MemorydError: If one cannot be created.
    """
    for directory in (locations.history.parent, locations.index.parent):
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise MemorydError(f"cannot create {directory}: {error.strerror}", "make room for it") from error


def instead() -> str:
    """Return what to do if no service is possible."""
    script = _script()
    words = shlex.join([script] if script else command())
    return (
        f"`memoryd run` does the same in the foreground, under tmux or with nohup; at boot by cron: "
        f"`@reboot {words} run`"
    )


def _script() -> str:
    """Return the absolute path of the installed `memoryd`, "" if there is none."""
    beside = os.path.join(os.path.dirname(sys.executable), "memoryd")
    found = (each for each in (sys.argv[0], beside) if os.path.basename(each) == "memoryd")
    return next((os.path.abspath(each) for each in found if shutil.which(os.path.abspath(each))), "")


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the variables that change what memoryd does and where its files are, for the service."""
    found = {}
    for name, value in environment.items():
        if value and name in PATH_VARIABLES:
            found[name] = os.path.abspath(os.path.expanduser(value))
        elif value and name.startswith("MEMORYD_"):
            found[name] = value
    return found


def memory_roots(locations: Locations, stores: Iterable[Store]) -> tuple[str, ...]:
    """Return the real paths of directories with stores now or later, always with the user's own."""
    own = {str(locations.claude / name) for name in ("agent-memory", "projects")}
    return tuple(sorted(map(os.path.realpath, own | set(map(memory_root, stores)))))


def metrics_directory(config: Config) -> str | None:
    """Return the directory for Prometheus metrics, if any."""
    place = config.daemon.metrics
    return None if place is None else os.path.dirname(os.path.expanduser(place))


def writable_directories(locations: Locations, config: Config, stores: Iterable[Store]) -> tuple[str, ...]:
    """Return the directories that the daemon writes to: its own, and those of the stores known now.

    Of a container of stores it is the `.claude` around it: the container may be deleted and made again.
    """
    own = (str(locations.lock.parent), str(locations.claude), *_writable(locations, config, stores))
    above = (os.path.dirname(path) for path in own)
    return (*own, *(path for path in above if os.path.basename(path) == ".claude"))


def _writable(locations: Locations, config: Config, stores: Iterable[Store]) -> tuple[str, ...]:
    own = {str(path.parent) for path in (locations.history, locations.index)}
    if os.environ.get(LOCATIONS["lock"].variable):  # else systemd creates it
        own.add(str(locations.lock.parent))
    if metrics := metrics_directory(config):
        own.add(metrics)
    return (*own, *memory_roots(locations, stores))
