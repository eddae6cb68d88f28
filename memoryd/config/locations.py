"""Table of the paths of memoryd's own files."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from memoryd.session import SESSION, session_directory
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class Location:
    """Path of one file or directory.

    Attributes:
        variable: Environment variable that changes it.
        base: XDG variable of the directory above its default one, `memoryd`; "" for the home directory.
        name: Name in that directory.
        is_named: Whether the variable names the file itself, not its directory.
    """

    variable: str
    base: str
    name: str
    is_named: bool = False


LOCATIONS: Mapping[str, Location] = {
    "claude": Location("CLAUDE_CONFIG_DIR", "", ".claude", is_named=True),
    "config": Location("MEMORYD_CONFIG", "XDG_CONFIG_HOME", "config.toml", is_named=True),
    "history": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "history.db"),
    "log": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "bug.log"),
    "trusted": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "trusted.json"),
    "usage": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "usage.db"),
    "sync": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "sync"),
    "report": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "report.html"),
    "watched": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "report.watched"),
    "index": Location("MEMORYD_CACHE_DIR", "XDG_CACHE_HOME", "index.db"),
    "urls": Location("MEMORYD_CACHE_DIR", "XDG_CACHE_HOME", "urls.json"),
    "facts": Location("MEMORYD_CACHE_DIR", "XDG_CACHE_HOME", "facts"),
    "gate": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "hook.sh"),
    "waiting": Location("MEMORYD_STATE_DIR", "XDG_STATE_HOME", "hook-events"),
    "lock": Location("MEMORYD_RUNTIME_DIR", SESSION, "lock"),
    "status": Location("MEMORYD_RUNTIME_DIR", SESSION, "status.json"),
    "socket": Location("MEMORYD_RUNTIME_DIR", SESSION, "hook.sock"),
    "roots": Location("MEMORYD_RUNTIME_DIR", SESSION, "roots"),
    "statusline": Location("MEMORYD_RUNTIME_DIR", SESSION, "statusline"),
    "prompt": Location("MEMORYD_RUNTIME_DIR", SESSION, "prompt"),
}
"""By the name of the field of `Locations`."""

_DEFAULTS = {"XDG_CONFIG_HOME": ".config", "XDG_STATE_HOME": ".local/state", "XDG_CACHE_HOME": ".cache"}

PATH_VARIABLES = frozenset(
    name for each in LOCATIONS.values() for name in (each.variable, each.base) if name not in {"", SESSION}
)
"""Variables of paths that a service needs, too; the system sets its session directory."""


@dataclass(frozen=True, slots=True)
class Locations:
    """Directories and files of this user.

    Attributes:
        home: The home directory.
        claude: Claude Code's configuration directory.
        config: memoryd's configuration file, which may be missing.
        history: The history database; precious.
        log: File for the tracebacks of bugs.
        trusted: List of the repositories that the user trusts; precious.
        usage: The counts of what memory is read; precious, since the client deletes its records.
        sync: Directory of settings and state of the exchange with other machines.
        report: The page of `memoryd report`, unless it is written elsewhere.
        watched: Kept where the daemon is to keep that page up to date.
        index: The index database; disposable.
        urls: Answers of servers to URLs; disposable.
        facts: Directory of facts about the texts of stores; disposable.
        gate: The script that Claude Code's hooks call.
        waiting: Directory of writes that the client reported while no daemon ran.
        lock: Locked while a daemon runs; holds its process id.
        status: Status file of the daemon.
        socket: Socket of the daemon for hooks.
        roots: Stores whose paths the hooks' script would not know as memory.
        statusline: Fill of the index files of each project, written by the daemon.
        prompt: Short state of all memory, written by the daemon.
    """

    home: Path
    claude: Path
    config: Path
    history: Path
    log: Path
    trusted: Path
    usage: Path
    sync: Path
    report: Path
    watched: Path
    index: Path
    urls: Path
    facts: Path
    gate: Path
    waiting: Path
    lock: Path
    status: Path
    socket: Path
    roots: Path
    statusline: Path
    prompt: Path


def locate(environment: Mapping[str, str]) -> Locations:
    """Return the paths by `MEMORYD_*`, `XDG_*` and the defaults of the platform, in this order."""
    home = Path.home()
    found = {name: _path(location, home, environment) for name, location in LOCATIONS.items()}
    return Locations(home=home, **found)


def _path(location: Location, home: Path, environment: Mapping[str, str]) -> Path:
    directory = home if not location.base else _directory(location.base, environment)
    given = environment.get(location.variable)
    if not given:
        return (directory / location.name).absolute()
    # Path.expanduser fails where a user is unknown
    place = Path(os.path.expanduser(given)).absolute()
    return place if location.is_named else place / location.name


def _directory(base: str, environment: Mapping[str, str]) -> Path:
    """Return the directory of memoryd below the one that an XDG variable names."""
    if base != SESSION:
        if known := _by_custom(base):
            return known
        from platformdirs import PlatformDirs  # takes as long as the rest of a short command

        own = PlatformDirs("memoryd", appauthor=False)
        defaults = {
            "XDG_CONFIG_HOME": own.user_config_path,
            "XDG_STATE_HOME": own.user_state_path,
            "XDG_CACHE_HOME": own.user_cache_path,
        }
        return defaults[base]
    session = session_directory(environment)
    if session:
        return Path(session, "memoryd")
    state = LOCATIONS["history"]
    return _path(state, Path.home(), environment).parent


def _by_custom(base: str) -> Path | None:
    """Return the directory of memoryd on Linux, as platformdirs does; None to ask that."""
    given, home = os.environ.get(base, ""), os.environ.get("HOME", "")
    if sys.platform != "linux" or "ANDROID_ROOT" in os.environ:
        return None
    if given.startswith("/"):
        return Path(given, "memoryd")
    return Path(home, _DEFAULTS[base], "memoryd") if home.startswith("/") else None
