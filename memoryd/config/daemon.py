"""What is configured of the daemon: where it enforces limits, what it mends, what it tells."""

from collections.abc import Mapping
from enum import StrEnum
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from memoryd.domain.store import Store


class Enforce(StrEnum):
    """What the daemon does with an index file over its limit."""

    COMPACT = "compact"
    REPORT = "report"
    OFF = "off"


class Enforcement(BaseModel):
    """What the daemon does where: a word for everything, or a table.

    Attributes:
        default: For every store that nothing else is said of.
        user: For those of this scope; None where nothing is said, as with the others.
        project: The same.
        local: The same.
        auto: The same.
        paths: By pattern of the store's path, absolute or below the home directory; before the scopes.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    default: Enforce = Enforce.COMPACT
    user: Enforce | None = None
    project: Enforce | None = None
    local: Enforce | None = None
    auto: Enforce | None = None
    paths: dict[str, Enforce] = Field(default_factory=dict, alias="/")

    @model_validator(mode="before")
    @classmethod
    def _sort_out(cls, value: object) -> object:
        """A word as the default; a table with its paths apart from its words."""
        if isinstance(value, str):
            return {"default": value}
        if not isinstance(value, Mapping):
            return value
        paths = {key: word for key, word in value.items() if str(key).startswith(("/", "~/"))}
        words = {key: word for key, word in value.items() if key not in paths}
        return words | ({"/": paths} if paths else {})

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


class DaemonConfig(BaseModel):
    """How the daemon goes about it.

    Attributes:
        fixes: The rules whose safe fixes it applies by itself: codes, their beginnings, or names.
        metrics: File for the text-file collector of Prometheus, or None for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    fixes: tuple[str, ...] = ("S001",)
    metrics: Path | None = None

    @field_validator("metrics")
    @classmethod
    def _is_a_place(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute() and not str(value).startswith("~/"):
            raise ValueError("is neither absolute nor begins with ~/")
        return value

    @model_validator(mode="after")
    def _fixes_are_known(self) -> Self:
        if self.fixes != ("S001",):
            from memoryd.domain.selection import Choice, demand_known  # noqa: PLC0415  # most set nothing
            from memoryd.errors import ConfigError  # noqa: PLC0415
            from memoryd.rules import ALL_RULES  # noqa: PLC0415

            try:
                demand_known(Choice("", "/", self.fixes), ALL_RULES)
            except ConfigError as error:
                word = error.message.removeprefix("select: ")
                raise ValueError(f"{word} ({error.hint})") from error
        return self
