"""Settings of checks, of the user and of repositories.

The settings of a repository are not trusted: they choose checks and nothing else.
"""

import os
import stat
from dataclasses import field
from pathlib import Path
from typing import Any, ClassVar

from memoryd import beneath
from memoryd.config.forms import EXACTLY, NotValidError, WrongValue, keys_of, made_of
from memoryd.config.lines import line_of, syntax_fault
from memoryd.domain.checks.diagnostic import Severity
from memoryd.domain.checks.selection import Choice
from memoryd.domain.text.nearest import did_you_mean
from memoryd.errors import ConfigError, all_of
from memoryd.values import dataclass, regex

_FILES = (".memoryd.toml", "pyproject.toml")  # only the first one with settings counts
_TABLE = "memoryd"
_OWN_TABLE = b"[tool.memoryd"
_MOST_BYTES = 64 * 1024
_MOST_PROJECT_BYTES = 1024 * 1024  # of a `pyproject.toml`, which is mostly about other tools
_MOST_DOTS = 16  # in a key
_NO_KEY = regex(r'"[^"\n]*"|\'[^\'\n]*\'|#[^\n]*|[ \t]+')
_BETWEEN_KEYS = regex(r"[^\w.-]+|\.\.+")
FORMS = {
    "select": 'written as a list of codes, their beginnings, or names: select = ["L", "S001"]',
    "ignore": 'written as a list of codes, their beginnings, or names: ignore = ["S003"]',
    "per-file-ignores": 'written as a table: [per-file-ignores], "logs/*.md" = ["L004"]',
    "levels": 'written as a table: [levels], L003 = "warning"; levels are error, warning, info',
}


@dataclass(frozen=True, slots=True)
class Checks:
    """Choice of rules.

    Attributes:
        select: Rules to run; None for all.
        ignore: Rules to skip.
        per_file_ignores: Rules to skip by pattern of files.
        levels: Levels that differ from those of the rules.
    """

    __pydantic_config__: ClassVar = EXACTLY

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = field(default_factory=dict)
    levels: dict[str, Severity] = field(default_factory=dict)

    def choice(self, source: str, directory: str) -> Choice:
        """Return the choice, with the start of its messages and the directory of its patterns."""
        patterns = {pattern.removeprefix("~/"): words for pattern, words in self.per_file_ignores.items()}
        return Choice(source, directory, self.select, self.ignore, patterns, self.levels)


def between(directory: str, last: str, within: str) -> Choice | None:
    """Return the nearest settings of checks, from a directory upwards, or None.

    Args:
        directory: Where to begin; "" where there is nothing to look at.
        last: The last directory to look into.
        within: Real path of the directory that settings must not leave by links.

    Raises:
        ConfigError: If a file is invalid; names it and the fault.
    """
    for place in (directory, *map(str, Path(directory).parents)) if directory else ():
        for name in _FILES:
            choice = _choice(os.path.join(place, name), within)
            if choice:
                return choice
        if place == last:
            break
    return None


def _choice(path: str, within: str) -> Choice | None:
    """Return the settings in one file; None where there are none."""
    content = _content(path, within)
    project = path.endswith(_FILES[-1])
    if content is None or (project and _TABLE.encode() not in content):  # most projects: not ours to judge
        return None
    if len(content) > _MOST_BYTES and (not project or _OWN_TABLE in content):
        raise ConfigError(
            f"cannot read {path}: it is larger than {_MOST_BYTES // 1024} KiB", "make it smaller"
        )
    import tomllib

    text = content.decode(errors="replace")
    try:
        content.decode()
        if _has_long_key(text):
            raise ConfigError(f"cannot read {path}: a key has more than {_MOST_DOTS} dots", "remove that key")
        values: object = tomllib.loads(text) if len(content) <= _MOST_BYTES else {}
    except UnicodeDecodeError as error:
        raise ConfigError(f"cannot read {path}: it is not UTF-8", "fix or remove it") from error
    except (ValueError, RecursionError) as error:
        line, what = syntax_fault(text, error)
        raise ConfigError(f"cannot read {path}:{line}: {what}", "fix or remove it") from error
    for table in ("tool", _TABLE) if project else ():
        values = values.get(table) if isinstance(values, dict) else None
    if values is None:
        return None
    return _validated(path, text, values).choice(f"{path}: ", os.path.dirname(path))


def _has_long_key(text: str) -> bool:
    """Return whether a key has more dots than any that means something; reading it takes too long."""
    return any(key.count(".") > _MOST_DOTS for key in _BETWEEN_KEYS.split(_NO_KEY.sub("", text)))


def _content(path: str, within: str) -> bytes | None:
    """Return the bytes of a settings file; None where there is none, or only a directory."""
    try:
        with open(beneath.open_file(path, within), "rb") as file:
            kind = os.fstat(file.fileno()).st_mode
            if stat.S_ISDIR(kind):
                return None
            if not stat.S_ISREG(kind):
                raise ConfigError(f"cannot read {path}: it is not a regular file", "remove it")
            return file.read(_MOST_PROJECT_BYTES)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except OSError as error:
        if not os.access(os.path.dirname(path), os.X_OK):  # it is that directory which cannot be read
            return None
        raise ConfigError(f"cannot read {path}: {error.strerror}", "fix or remove it") from error


def _validated(path: str, text: str, values: object) -> Checks:
    try:
        checks = made_of(Checks, values)
    except NotValidError as error:
        raise all_of(_error(path, text, each) for each in error.wrong) from error
    for pattern in checks.per_file_ignores:
        if pattern.startswith(("/", "~")) or ".." in pattern.split("/"):
            raise ConfigError(
                f'{path}: per-file-ignores: "{pattern}" leads out of the repository',
                "patterns are relative to the directory of this file",
            )
    return checks


def _error(path: str, text: str, wrong: WrongValue) -> ConfigError:
    """Return the error about one value of a settings file."""
    key = wrong.place[0] if wrong.place else ""
    within = ("tool", _TABLE) if path.endswith(_FILES[-1]) else ()
    line = line_of(text, (*within, *wrong.place))
    file = f"{path}:{line}" if line else path
    if wrong.is_unknown:
        return ConfigError(f'{file}: unknown key "{key}"', unknown_key(key, Checks))
    return ConfigError(f"{file}: {f'{key}: ' if key else ''}{wrong.message}", FORMS.get(key))


def unknown_key(key: str, form: type[Any]) -> str:
    """Return a hint for a key that does not exist."""
    known = keys_of(form, Checks)
    return did_you_mean(key, known, f"known keys: {', '.join(known)}")
