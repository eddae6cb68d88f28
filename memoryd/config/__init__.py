"""Configuration of the user: `config.toml`, overridden by `MEMORYD_*`."""

import os
from collections.abc import Mapping
from dataclasses import field, fields
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, ClassVar

from memoryd.config.checks import FORMS, Checks, unknown_key
from memoryd.config.daemon import UNCHOSEN, DaemonConfig, Enforce, Enforcement, NotifyConfig, enforcement
from memoryd.config.forms import (
    ANY_PATH,
    EXACTLY,
    TEXT,
    NotValidError,
    Number,
    WrittenForm,
    WrongValue,
    made_of,
    seconds,
    size,
)
from memoryd.config.lines import line_of, syntax_fault
from memoryd.config.locations import LOCATIONS
from memoryd.domain.stores.profiles import OTHERS, Profile
from memoryd.domain.text.units import Unit
from memoryd.errors import ConfigError, all_of
from memoryd.values import dataclass

_FORMS = FORMS | {
    "projects": 'written as a list: projects = ["~/code/*"]',
    "rewrite": 'written as a list: rewrite = ["hermes"]',
    "profiles": 'written as a table: [profiles.NAME], places = ["~/.tool/memory"], max_lines, max_size, unit',
    "prune": "written as a table: [prune], max_removals = 50",
    "history": 'written as a table: [history], max_size = "1 GB"',
    "hooks": 'written as a table: [hooks], approve = "ask"',
    "notify": "written as a table: [notify], desktop = true",
    "enforce": "written as a word (compact, report, off), or as a table by scope and path: [enforce], "
    'default = "compact", project = "report", "~/code/app/.claude/agent-memory/*" = "off"',
    "daemon": 'written as a table: [daemon], fixes = ["S001"], metrics = "~/metrics/memoryd.prom"',
    "settle": 'durations are written as 90, "90s", "2m" or "1h"',
    "rescan": 'durations are written as 90, "90s", "2m" or "1h"',
}

_TABLES = frozenset({"profiles", "prune", "daemon", "history", "hooks", "notify"})  # have no variable


@dataclass(frozen=True, slots=True)
class ProfileConfig:
    """A harness that memoryd does not know.

    Attributes:
        places: Patterns of its stores: below the home directory (`~/…`) or in any project.
        index: Name of its index file.
        max_lines: Number of lines loaded at most, or None.
        max_size: Size loaded at most, in `unit`, or None.
        unit: Unit of sizes.
        files: Patterns of the files of a store.
    """

    __pydantic_config__: ClassVar = EXACTLY

    places: tuple[str, ...]
    index: str = "MEMORY.md"
    max_lines: Annotated[int, Number(1)] | None = None
    max_size: Annotated[int, Number(1)] | None = None
    unit: Unit = Unit.CHARACTERS
    files: tuple[str, ...] = ("*.md",)

    def profile(self, name: str) -> Profile:
        """Return the profile of this name."""
        return Profile(
            name=name,
            source="the configuration",
            dated="",
            index_name=self.index,
            max_lines=self.max_lines,
            max_units=self.max_size,
            unit=self.unit,
            files=self.files,
            places=self.places,
        )


@dataclass(frozen=True, slots=True)
class PruneConfig:
    """Settings of `prune`.

    Attributes:
        max_removals: Number of entries and files that one run removes at most.
    """

    __pydantic_config__: ClassVar = EXACTLY

    max_removals: Annotated[int, Number(1)] = 50


@dataclass(frozen=True, slots=True)
class HistoryConfig:
    """Settings of the history.

    Attributes:
        max_size: Bytes from which on intermediate versions are deleted, if their lines are elsewhere.
    """

    __pydantic_config__: ClassVar = EXACTLY

    max_size: Annotated[int, Number(1_000_000, 1e15), WrittenForm(size, TEXT)] = 1_000_000_000


class Approval(StrEnum):
    """The choices before an agent writes memory: ask the person, or let it."""

    OFF = "off"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class HooksConfig:
    """Settings of the hooks of Claude Code.

    Attributes:
        approve: Whether a person is asked before an agent writes memory: `ask`, or `off`.
    """

    __pydantic_config__: ClassVar = EXACTLY

    approve: Approval = Approval.OFF

    @property
    def asks(self) -> bool:
        """Return whether a person is asked."""
        return self.approve is Approval.ASK


_TABLE_FORMS: dict[str, type[Any]] = {
    "profiles": ProfileConfig,
    "prune": PruneConfig,
    "daemon": DaemonConfig,
    "history": HistoryConfig,
    "hooks": HooksConfig,
    "notify": NotifyConfig,
    "enforce": Enforcement,
}


@dataclass(frozen=True, slots=True)
class Config(Checks):
    """The configuration; a repository may choose other checks.

    Attributes:
        projects: Glob patterns of directories to search for stores.
        enforce: What the daemon does with an index file over its limit, by scope and path; None until the
            user has chosen.
        settle: Seconds without a change before the daemon changes a store.
        rescan: Seconds between two full scans; None to derive it from their cost.
        rewrite: Names of profiles that may be rewritten, besides those of Claude Code.
        profiles: Harnesses by name, in addition to or instead of those that memoryd knows.
        prune: Settings of `prune`.
        daemon: Settings of the daemon.
        history: Settings of the history.
        hooks: Settings of the hooks of Claude Code.
        notify: Notifications of the daemon.
    """

    projects: tuple[str, ...] = ()
    enforce: Annotated[Enforcement, WrittenForm(enforcement, (("enum", tuple(Enforce)),))] | None = None
    settle: Annotated[float, Number(0), WrittenForm(seconds, TEXT)] = 120.0
    rescan: Annotated[float, Number(0.1), WrittenForm(seconds, TEXT)] | None = None
    rewrite: tuple[str, ...] = ()
    profiles: dict[str, ProfileConfig] = field(default_factory=dict)
    prune: PruneConfig = field(default_factory=PruneConfig)
    daemon: DaemonConfig = field(default_factory=DaemonConfig)
    history: HistoryConfig = field(default_factory=HistoryConfig)
    hooks: HooksConfig = field(default_factory=HooksConfig)
    notify: NotifyConfig = field(default_factory=NotifyConfig)

    def __post_init__(self) -> None:
        """Refuse unknown names of profiles."""
        names = [profile.name for profile in self.harnesses]
        for name in self.rewrite:
            if name not in names:
                raise ValueError(f'rewrite: there is no profile "{name}"; known: {", ".join(names)}')

    @property
    def enforced(self) -> Enforcement:
        """The actions of the daemon: those that the user chose, and only reports until then."""
        return self.enforce or UNCHOSEN

    @property
    def harnesses(self) -> tuple[Profile, ...]:
        """The profiles besides those of Claude Code: built in and configured."""
        own = tuple(each.profile(name) for name, each in self.profiles.items())
        return (*(each for each in OTHERS if each.name not in self.profiles), *own)


def load(path: Path, environment: Mapping[str, str]) -> Config:
    """Read the configuration; a missing file counts as empty.

    Raises:
        ConfigError: If a value is invalid; names the key, and the nearest known one if it is unknown.
    """
    text = _text(path)
    values = _values(path, text)
    for name in _settable():
        if value := environment.get(_variable(name)):
            values[name] = _listed(value) if name in {"projects", "rewrite"} else value
    if not values:
        return Config()
    try:
        return made_of(Config, values)
    except NotValidError as error:
        raise all_of(_config_error(path, text, environment, each) for each in error.wrong) from error


def _listed(value: str) -> object:
    """Return what a variable lists: `a:b`, or `["a", "b"]` as in the file."""
    if not value.lstrip().startswith("["):
        return list(filter(None, value.split(os.pathsep)))
    import tomllib

    try:
        return tomllib.loads(f"value = {value}")["value"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return value  # which validation refuses, naming the variable


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise ConfigError(f"cannot read the configuration {path}: {reason}", "fix or remove it") from error


def _values(path: Path, text: str) -> dict[str, object]:
    if not text.strip():
        return {}
    import tomllib

    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line, what = syntax_fault(text, error)
        raise ConfigError(
            f"cannot read the configuration {path}:{line}: {what}", "fix or remove it"
        ) from error


def variables() -> frozenset[str]:
    """Return the names of all variables that memoryd reads as its own."""
    own = {each.variable for each in LOCATIONS.values() if each.variable.startswith("MEMORYD_")}
    return frozenset(own | set(map(_variable, _settable())) | {"MEMORYD_PAGER"})


def _settable() -> set[str]:
    """Return the keys of the configuration that a variable can set."""
    own = {each.name for each in fields(Config) if each.init} - {each.name for each in fields(Checks)}
    return own - _TABLES


def variable_of(name: str, environment: Mapping[str, str]) -> str | None:
    """Return the variable that sets a field of the configuration now, or None."""
    variable = _variable(name)
    return variable if name in _settable() and environment.get(variable) else None


def _variable(key: str) -> str:
    return f"MEMORYD_{key.upper()}"


def _config_error(path: Path, text: str, environment: Mapping[str, str], wrong: WrongValue) -> ConfigError:
    if not wrong.place:  # an error of the whole configuration: its message begins with the key
        line = line_of(text, (wrong.message.partition(":")[0],))
        return ConfigError(f"{path}{f':{line}' if line else ''}: {wrong.message}")
    key = wrong.place[0]
    keys = tuple(each for each in wrong.place if each != ANY_PATH)
    line = line_of(text, keys)
    file = f"{path}:{line}" if line else str(path)
    if wrong.is_unknown and len(wrong.place) == 1:
        return ConfigError(f'{file}: unknown key "{key}"', unknown_key(key, Config))
    table = _TABLE_FORMS.get(key)
    where = ".".join(keys) if table else key
    source = (
        f"{_variable(key)}:"
        if environment.get(_variable(key))
        else f"{file}: {where.removesuffix('.default')}:"
    )
    if wrong.is_unknown and table:
        return ConfigError(f"{source} there is no such key", unknown_key(wrong.place[-1], table))
    return ConfigError(f"{source} {wrong.message}", _FORMS.get(key))
