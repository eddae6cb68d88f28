"""What the user configures: `config.toml`, overridden by `MEMORYD_*`, and where memoryd's own files lie."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from platformdirs import PlatformDirs
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from memoryd.errors import ConfigError

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)?")
_SECONDS = {"ms": 0.001, None: 1.0, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def _seconds(value: object) -> object:
    """`"2m"` and `"90"` as seconds."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) else None
    return float(match[1]) * _SECONDS[match[2]] if match else value


Seconds = Annotated[float, BeforeValidator(_seconds), Field(ge=0)]


class Enforce(StrEnum):
    """What the daemon does with an index file over its limit."""

    COMPACT = "compact"
    REPORT = "report"
    OFF = "off"


class Config(BaseModel):
    """The configuration.

    Attributes:
        projects: Glob patterns of directories that are searched for stores.
        enforce: What the daemon does with an index file over its limit.
        settle: Seconds without change before the daemon touches a store.
        rescan: Seconds between two full scans of everything.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    projects: tuple[str, ...] = ()
    enforce: Enforce = Enforce.COMPACT
    settle: Seconds = 120.0
    rescan: Seconds = 60.0


@dataclass(frozen=True, slots=True)
class Locations:
    """Directories and files of this user.

    Attributes:
        home: The home directory.
        claude: Claude Code's configuration directory.
        config: memoryd's configuration file, which may be absent.
        history: The history database; precious.
        index: The index database; disposable.
        lock: Locked while a daemon runs; holds its process id.
        log: Where the traceback of a bug goes.
    """

    home: Path
    claude: Path
    config: Path
    history: Path
    index: Path
    lock: Path
    log: Path


def locate(environment: Mapping[str, str]) -> Locations:
    """Where things lie, by `MEMORYD_*`, `XDG_*` and the platform's custom, in this order."""
    own = PlatformDirs("memoryd", appauthor=False)

    def place(variable: str, default: Path) -> Path:
        return Path(environment.get(variable) or default).expanduser().absolute()

    home = Path.home()
    runtime = environment.get("XDG_RUNTIME_DIR")  # unset outside a login session
    state = place("MEMORYD_STATE_DIR", own.user_state_path)
    return Locations(
        home=home,
        claude=place("CLAUDE_CONFIG_DIR", home / ".claude"),
        config=place("MEMORYD_CONFIG", own.user_config_path / "config.toml"),
        history=state / "history.db",
        index=place("MEMORYD_CACHE_DIR", own.user_cache_path) / "index.db",
        lock=place("MEMORYD_RUNTIME_DIR", Path(runtime, "memoryd") if runtime else state) / "lock",
        log=state / "bug.log",
    )


def load(path: Path, environment: Mapping[str, str]) -> Config:
    """Read the configuration; an absent file is an empty one.

    Raises:
        ConfigError: Naming the key that is wrong, and a likely one where it is unknown.
    """
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        values = {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigError(f"cannot read the configuration {path}: {error}", "mend or remove it") from error
    for name in Config.model_fields:
        value = environment.get(f"MEMORYD_{name.upper()}")
        if value is not None:
            values[name] = value.split(os.pathsep) if name == "projects" else value
    try:
        return Config.model_validate(values)
    except ValidationError as error:
        raise _config_error(path, error) from error


def _config_error(path: Path, error: ValidationError) -> ConfigError:
    first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        near = get_close_matches(key, Config.model_fields, n=1)
        return ConfigError(
            f"{path}: unknown key “{key}”",
            f"did you mean “{near[0]}”?" if near else f"known keys: {', '.join(Config.model_fields)}",
        )
    return ConfigError(f"{path} or MEMORYD_{key.upper()}: {key}: {first['msg']}")
