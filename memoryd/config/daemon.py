"""What is configured of the daemon: where it enforces limits, what it mends, what it tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, ClassVar

from memoryd.config.forms import ANY_PATH, EXACTLY, WrittenForm
from memoryd.domain.stores.store import Store


class Enforce(StrEnum):
    """What the daemon does with an index file over its limit."""

    COMPACT = "compact"
    REPORT = "report"
    OFF = "off"


@dataclass(frozen=True, slots=True)
class Enforcement:
    """What the daemon does where: a word for everything, or a table.

    Attributes:
        default: For every store that nothing else is said of.
        user: For those of this scope; None where nothing is said, as with the others.
        project: The same.
        local: The same.
        auto: The same.
        paths: By pattern of the store's path, absolute or below the home directory; before the scopes.
    """

    __pydantic_config__: ClassVar = EXACTLY

    default: Enforce = Enforce.COMPACT
    user: Enforce | None = None
    project: Enforce | None = None
    local: Enforce | None = None
    auto: Enforce | None = None
    paths: dict[str, Enforce] = field(default_factory=dict)

    def of(self, store: Store, home: str) -> Enforce:
        """What counts for a store: of the patterns that fit the longest, else its scope, else the default."""
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


def enforcement(value: object) -> object:
    """A word as the default; a table with its paths apart from its words."""
    if isinstance(value, str):
        return {"default": value}
    if not isinstance(value, Mapping):
        return value
    paths = {key: word for key, word in value.items() if str(key).startswith(("/", "~/"))}
    words = {key: word for key, word in value.items() if key not in paths}
    return words | ({ANY_PATH: paths} if paths else {})


def _place(value: object) -> object:
    if isinstance(value, str) and not value.startswith(("/", "~/")):
        raise ValueError("is neither absolute nor begins with ~/")
    return value


@dataclass(frozen=True, slots=True)
class DaemonConfig:
    """How the daemon goes about it.

    Attributes:
        fixes: The rules whose safe fixes it applies by itself: codes, their beginnings, or names.
        metrics: File for the text-file collector of Prometheus, or None for none.
    """

    __pydantic_config__: ClassVar = EXACTLY

    fixes: tuple[str, ...] = ("S001",)
    metrics: Annotated[Path | None, WrittenForm(_place)] = None

    def __post_init__(self) -> None:
        """Refuse words that name no rule."""
        if self.fixes != ("S001",):
            from memoryd.domain.checks.selection import Choice, check_selectors
            from memoryd.errors import ConfigError
            from memoryd.rules import ALL_RULES

            try:
                check_selectors(Choice("", "/", self.fixes), ALL_RULES)
            except ConfigError as error:
                word = error.message.removeprefix("select: ")
                raise ValueError(f"{word} ({error.hint})") from error
