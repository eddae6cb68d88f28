"""Changes of single keys of `config.toml`, which keep everything else."""

import os
import re
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from memoryd import private
from memoryd.errors import ConfigError
from memoryd.values import regex

_HEADER = regex(r"\s*\[")
_MODE = 0o600


def set_keys(path: Path, table: str, values: Mapping[str, str | bool]) -> None:
    """Set keys of one table of a configuration file, which is created if it is missing.

    Comments, order and all other keys stay as they are. A word in the place of the table, as in
    `enforce = "report"`, becomes its `default`.

    Args:
        path: The file; a link is followed.
        table: Name of a table.
        values: Its new values by key.

    Raises:
        ConfigError: If the file cannot be read or written, or has a form that cannot be changed key by key.
    """
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after = with_keys(before, table, values)
        if after is None:
            lines = "; ".join(_assignments(values))
            raise ConfigError(
                f"{path} writes {table} in a form that memoryd cannot change",
                f"write it as [{table}] {lines}",
            )
        if after != before:
            _replace(Path(os.path.realpath(path)), after)
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigError(
            f"cannot write the configuration {path}: {reason}",
            "make it writable, or use variables: memoryd help configuration",
        ) from error


def create(path: Path, text: str) -> None:
    """Create a configuration file, for its owner only, unless there is one.

    Raises:
        ConfigError: If it cannot be written.
    """
    try:
        if not path.exists():
            _replace(Path(os.path.realpath(path)), text)
    except OSError as error:
        raise ConfigError(
            f"cannot write the configuration {path}: {error.strerror}", "make its directory writable"
        ) from error


def with_keys(text: str, table: str, values: Mapping[str, str | bool]) -> str | None:
    """Return the text of a configuration with other values in a table; None if its form is too unusual."""
    import tomllib

    wanted = tomllib.loads(text)
    known = wanted.get(table, {})
    word = {"default": known} if isinstance(known, str) else known
    wanted[table] = {**word, **values}
    for after in (text, _in_table(text, table, values), _as_table(text, table, wanted[table])):
        with suppress(tomllib.TOMLDecodeError):
            if tomllib.loads(after) == wanted:
                return after
    return None


def _in_table(text: str, table: str, values: Mapping[str, str | bool]) -> str:
    """Return the text with new lines at the top of a table, instead of its old ones; added if missing."""
    lines = text.splitlines()
    header = re.compile(rf"\s*\[\s*{re.escape(table)}\s*\]\s*(#.*)?")
    start = next((number for number, line in enumerate(lines) if header.fullmatch(line)), None)
    if start is None:
        gap = [""] if lines and lines[-1].strip() else []
        return "\n".join([*lines, *gap, f"[{table}]", *_assignments(values), ""])
    after = range(start + 1, len(lines))
    end = next((number for number in after if _HEADER.match(lines[number])), len(lines))
    kept = [line for line in lines[start + 1 : end] if not _assigns(line, values)]
    return "\n".join([*lines[: start + 1], *_assignments(values), *kept, *lines[end:], ""])


def _as_table(text: str, table: str, values: Mapping[str, object]) -> str:
    """Return the text with a table at its end instead of a value in one line before all tables."""
    lines = text.splitlines()
    end = next((number for number, line in enumerate(lines) if _HEADER.match(line)), len(lines))
    kept = [line for line in lines[:end] if not _assigns(line, {table: ""})]
    words = {key: value for key, value in values.items() if isinstance(value, str | bool)}
    return _in_table("\n".join([*kept, *lines[end:]]), table, words)


def _assigns(line: str, keys: Mapping[str, object]) -> bool:
    key = line.partition("=")[0].strip().strip("\"'")
    return "=" in line and key in keys


def _assignments(values: Mapping[str, str | bool]) -> list[str]:
    return [f"{key} = {_written(value)}" for key, value in values.items()]


def _written(value: str | bool) -> str:
    """Return a value in TOML, whose strings are written like those of JSON."""
    import json

    return json.dumps(value)


def _replace(path: Path, text: str) -> None:
    """Replace a file in one step, with the permissions that it has."""
    if not path.parent.is_dir():
        private.make_directory(path.parent)
    mode = path.stat().st_mode & 0o777 if path.exists() else _MODE
    private.replace_file(path, text.encode(), mode)
