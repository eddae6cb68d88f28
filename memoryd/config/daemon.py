"""Settings of the daemon: enforcement, fixes, metrics."""

import shlex
from collections.abc import Mapping
from dataclasses import field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, ClassVar

from memoryd.config.forms import ANY_PATH, EXACTLY, WrittenForm
from memoryd.domain.limits.threshold import Threshold
from memoryd.domain.stores.store import Store
from memoryd.values import dataclass


class Enforce(StrEnum):
    """Action of the daemon on an index file over its limit."""

    COMPACT = "compact"
    REPORT = "report"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Enforcement:
    """Actions of the daemon: one word for all stores, or a table.

    Attributes:
        default: Action for stores without another setting.
        user: Action for stores of this scope; None if not set.
        project: The same for project scope.
        local: The same for local scope.
        auto: The same for auto memory.
        paths: Actions by pattern of the store's absolute or `~/` path; these win over scopes.
        at: Fill from which on the daemon acts: the hard limit, or the soft one at which the client asks
            its agent for a shorter file.
    """

    __pydantic_config__: ClassVar = EXACTLY

    default: Enforce = Enforce.COMPACT
    user: Enforce | None = None
    project: Enforce | None = None
    local: Enforce | None = None
    auto: Enforce | None = None
    paths: dict[str, Enforce] = field(default_factory=dict)
    at: Threshold = Threshold.LIMIT

    def of(self, store: Store, home: str) -> Enforce:
        """Return the action of a store's longest matching pattern, of its scope, or the default."""
        fitting = [
            pattern
            for pattern in self.paths
            if fnmatchcase(store.root, home + pattern[1:] if pattern.startswith("~/") else pattern)
        ]
        if fitting:
            return self.paths[max(fitting, key=len)]
        words: dict[str, Enforce | None] = {
            "user": self.user,
            "project": self.project,
            "local": self.local,
            "auto": self.auto,
        }
        return words[store.scope] or self.default


UNCHOSEN = Enforcement(default=Enforce.REPORT)
"""Actions until the user has chosen: memoryd changes nothing without consent."""


def enforcement(value: object) -> object:
    """Return a word as the default, or a table with its paths separated from its words."""
    if isinstance(value, str):
        return {"default": value}
    if not isinstance(value, Mapping):
        return value
    paths = {key: word for key, word in value.items() if str(key).startswith(("/", "~/"))}
    words = {key: word for key, word in value.items() if key not in paths}
    return words | ({ANY_PATH: paths} if paths else {})


def _place(value: object) -> object:
    if isinstance(value, str) and not value.startswith(("/", "~/")):
        raise ValueError("must be absolute or begin with ~/")
    return value


class SandboxMode(StrEnum):
    """The choices for the sandbox of the daemon; `auto` is on where the system has one."""

    AUTO = "auto"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class DaemonConfig:
    """Settings of the daemon.

    Attributes:
        fixes: Rules whose safe fixes the daemon applies: codes, prefixes or names.
        sandbox: Whether the daemon confines itself to stores and its own directories.
        metrics: File for the text-file collector of Prometheus, or None.
    """

    __pydantic_config__: ClassVar = EXACTLY

    fixes: tuple[str, ...] = ("S001",)
    sandbox: SandboxMode = SandboxMode.AUTO
    metrics: Annotated[Path | None, WrittenForm(_place)] = None

    def __post_init__(self) -> None:
        """Refuse words that do not name a rule."""
        if self.fixes != ("S001",):
            from memoryd.domain.checks.selection import Choice, check_selectors
            from memoryd.errors import ConfigError
            from memoryd.rules import ALL_RULES

            try:
                check_selectors(Choice("", "/", self.fixes), ALL_RULES)
            except ConfigError as error:
                word = error.message.removeprefix("select: ")
                raise ValueError(f"{word} ({error.hint})") from error


@dataclass(frozen=True, slots=True)
class NotifyConfig:
    """Notifications about compactions, losses and conflicts; off unless configured.

    Attributes:
        command: Command that is run for each, without a shell; a title and a sentence are its last arguments.
        desktop: Whether the desktop shows them.
    """

    __pydantic_config__: ClassVar = EXACTLY

    command: str | None = None
    desktop: bool = False

    def __post_init__(self) -> None:
        """Refuse a command that cannot be read."""
        if self.command is None:
            return
        try:
            words = shlex.split(self.command)
        except ValueError as error:
            raise ValueError(f"cannot be read: {error}") from error
        if not words:
            raise ValueError("names no program")
