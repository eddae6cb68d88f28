"""The service: which files make it, whether they are there, and putting them there or away."""

import difflib
import os
import shlex
import subprocess
import sys
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import memoryd
from memoryd.adapters.service.launchd import Launchd
from memoryd.adapters.service.systemd import Systemd
from memoryd.config import Config
from memoryd.config.locations import LOCATIONS, PATH_VARIABLES, Locations, session_directory
from memoryd.domain.service import launch_agent, strict, unit
from memoryd.domain.stores.store import Store, memory_root
from memoryd.errors import MemorydError

_PATIENCE = 60.0  # seconds


@dataclass(frozen=True, slots=True)
class ServiceFile:
    """A file of the service.

    Attributes:
        path: Where it belongs.
        content: What it is to hold; None where it is to go.
    """

    path: Path
    content: bytes | None

    @property
    def held(self) -> bytes | None:
        """What it holds now; None where it is not there.

        Raises:
            MemorydError: If it is a link, or cannot be read.
        """
        if self.path.is_symlink():
            raise MemorydError(
                f"{self.path} is a link to {os.readlink(self.path)}, which memoryd did not make",
                "`systemctl --user unmask memoryd` or `rm` takes it away",
            )
        try:
            return self.path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise MemorydError(f"cannot read {self.path}: {error.strerror}", "mend that first") from error

    @property
    def diff(self) -> str:
        """What is to be changed in it, as a unified diff; "" where it is as it shall be."""
        before, after = (
            os.fsdecode(side or b"").splitlines(keepends=True) for side in (self.held, self.content)
        )
        return "".join(difflib.unified_diff(before, after, str(self.path), str(self.path)))

    def put(self) -> None:
        """Bring it to what it shall be, at once.

        Raises:
            MemorydError: If it cannot be written.
        """
        try:
            if self.content is None:
                self.path.unlink(missing_ok=True)
                with suppress(OSError):  # somebody else's drop-ins lie there
                    self.path.parent.rmdir()
                return
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new = self.path.with_name(f".{self.path.name}.{os.getpid()}")
            new.write_bytes(self.content)
            os.replace(new, self.path)
        except OSError as error:
            raise MemorydError(
                f"cannot write {self.path}: {error.strerror}", "make its directory writable"
            ) from error


def service_of_platform() -> Systemd | Launchd:
    """What runs services here."""
    return Launchd() if sys.platform == "darwin" else Systemd(session_directory(os.environ))


def files_of(
    service: Systemd | Launchd,
    locations: Locations,
    config: Config,
    stores: Iterable[Store],
    *,
    sandboxed: bool | None,
) -> tuple[ServiceFile, ...]:
    """The files that the service is to consist of.

    Args:
        service: What is to run it.
        locations: Where memoryd's own files lie.
        config: The configuration.
        stores: Those known now.
        sandboxed: Whether everything is to be read-only but what it works on; None for as it is.

    Raises:
        MemorydError: If it cannot be sandboxed here.
    """
    environment = settings(os.environ)
    if isinstance(service, Launchd):
        if sandboxed:
            raise MemorydError("launchd has no sandbox that --strict could use", "leave --strict out")
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
    """What starts this very program, whatever modules lie in the working directory."""
    return (sys.executable, "-P", "-m", "memoryd")


def demand_lasting_program() -> None:
    """Refuse a program that could not be started by itself, or that will not stay where it is.

    Raises:
        MemorydError: Saying why.
    """
    caches = {os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")}
    if any(f"{sys.prefix}/".startswith(f"{cache}/") for cache in caches) or "/.cache/" in sys.prefix:
        raise MemorydError(
            f"this memoryd lies in a cache, {sys.prefix}, and will be cleared away some day",
            "install it to stay: `pipx install memoryd` or `uv tool install memoryd`",
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
            f"{sys.executable} does not find this memoryd by itself",
            "install it with `pipx install .` or in a virtual environment, and run that one",
        )


def make_directories(locations: Locations) -> None:
    """Make those of memoryd's own that a sandbox has to find when it is made.

    Raises:
        MemorydError: If one cannot be made.
    """
    for directory in (locations.history.parent, locations.index.parent):
        try:
            directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise MemorydError(f"cannot make {directory}: {error.strerror}", "make room for it") from error


def instead() -> str:
    """What to do where no service is possible."""
    words = shlex.join(command())
    return (
        f"`memoryd run` does the same in the foreground, under tmux or with nohup; at boot by cron: "
        f"`@reboot {words} run`"
    )


def settings(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that decide what memoryd does and where things lie: the service must know them, too."""
    found = {}
    for name, value in environment.items():
        if value and name in PATH_VARIABLES:
            found[name] = os.path.abspath(os.path.expanduser(value))
        elif value and name.startswith("MEMORYD_"):
            found[name] = value
    return found


def memory_roots(locations: Locations, stores: Iterable[Store]) -> tuple[str, ...]:
    """Real paths of the directories in which stores lie or will lie, the user's own always among them."""
    own = {str(locations.claude / name) for name in ("agent-memory", "projects")}
    return tuple(sorted(map(os.path.realpath, own | set(map(memory_root, stores)))))


def metrics_directory(config: Config) -> str | None:
    """Where the numbers for Prometheus are to lie, if somewhere."""
    place = config.daemon.metrics
    return None if place is None else os.path.dirname(os.path.expanduser(place))


def _writable(locations: Locations, config: Config, stores: Iterable[Store]) -> tuple[str, ...]:
    own = {str(path.parent) for path in (locations.history, locations.index)}
    if os.environ.get(LOCATIONS["lock"].variable):  # else systemd makes it
        own.add(str(locations.lock.parent))
    if metrics := metrics_directory(config):
        own.add(metrics)
    return (*own, *memory_roots(locations, stores))
