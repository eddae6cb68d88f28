"""Effective values of the configuration, and the source of each."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from memoryd.config import load, variable_of
from memoryd.config.forms import ANY_PATH, key_of
from memoryd.config.lines import line_of
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class EffectiveValue:
    """A key of the configuration.

    Attributes:
        key: The key, with that of its table before it.
        value: Its value, as in JSON; None if it is not set and has no default.
        variable: The environment variable that sets it, or None.
        line: The line of the file that sets it, from 1, or None.
    """

    key: str
    value: object
    variable: str | None = None
    line: int | None = None

    @property
    def written(self) -> str:
        """The value as in the file; a dash for none."""
        return "–" if self.value is None else json.dumps(self.value, ensure_ascii=False)


def effective(path: Path, environment: Mapping[str, str]) -> tuple[EffectiveValue, ...]:
    """Return all values that apply now, in the order of the documentation.

    Raises:
        ConfigError: If the configuration is invalid.
    """
    import tomllib

    config = load(path, environment)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    written = tomllib.loads(text)
    found = []
    for each in fields(config):
        name = key_of(each.name)
        variable = variable_of(each.name, environment)
        for keys, value in _flat((name,), getattr(config, each.name)):
            line = None if variable else line_of(text, keys) if _has(written, keys) else None
            found.append(EffectiveValue(".".join(keys), value, variable, line))
    return tuple(found)


def _flat(keys: tuple[str, ...], value: object) -> Iterator[tuple[tuple[str, ...], object]]:
    """Yield the keys of a table, and any other value as it is."""
    if is_dataclass(value):
        for each in fields(value):
            key, inner = key_of(each.name), getattr(value, each.name)
            if key == ANY_PATH:
                yield from (((*keys, path), _plain(word)) for path, word in inner.items())
            else:
                yield (*keys, key), _plain(inner)
    else:
        yield keys, _plain(value)


def _plain(value: Any) -> object:  # noqa: ANN401  # any value of a configuration
    """Return a value as in JSON."""
    if isinstance(value, Enum | Path):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}
    if is_dataclass(value):
        return {key_of(each.name): _plain(getattr(value, each.name)) for each in fields(value)}
    return value


def _has(written: Mapping[str, object], keys: tuple[str, ...]) -> bool:
    """Return whether a file sets a key; a word in the place of a table sets its default."""
    value: object = written
    for key in keys:
        if isinstance(value, str):
            return key == "default"
        if not isinstance(value, Mapping) or key not in value:
            return False
        value = value[key]
    return True
