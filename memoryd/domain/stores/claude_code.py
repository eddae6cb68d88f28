"""Session records, settings and project slugs of Claude Code."""

import json
from collections.abc import Iterable, Iterator

from memoryd.domain.markdown.positions import line_at
from memoryd.domain.stores.store import directory_name
from memoryd.values import dataclass

TYPES = ("user", "feedback", "project", "reference")
"""Types of memory, in front matter."""

_FIELD = b'"cwd"'
_VERSION = b'"version"'
_AUTO = b'"AutoMem"'
_WORKTREES = "/.claude/worktrees/"
_PATH_BYTES = 4096  # longest path with its final NUL, on Linux
_NAME_BYTES = 255  # longest component of a path
_SLUG_UNITS = 200  # the client shortens longer ones to this and appends a hash


@dataclass(frozen=True, slots=True)
class Settings:
    """The memory settings in a settings file of the client.

    Attributes:
        memory: Memory is on, agents' memory too; None if not set.
        directory: Absolute path of auto memory; "" if not set.
        written: The same path as it is written.
        problem: The problem of the file, as the end of a sentence about it; or "".
    """

    memory: bool | None = None
    directory: str = ""
    written: str = ""
    problem: str = ""


def read_records(records: bytes) -> tuple[tuple[str, ...], str]:
    """Return the working directories of the first and of the last session record that names one.

    Lines that are cut, damaged or of another kind are skipped.

    Args:
        records: A part of a file of JSON lines.

    Returns:
        The directories, and the problem of another one that is named, or "".
    """
    problems: list[str] = []

    def directory(record: bytes) -> str:
        value = _object(record)[0].get("cwd")
        problems.extend(filter(None, [path_problem(value)]))
        return _absolute(value)

    first = next(filter(None, map(directory, _records(records))), "")
    last = next(filter(None, map(directory, _records_from_the_end(records))), "")
    problem = f"names a working directory that {problems[0]}" if problems else ""
    return tuple(dict.fromkeys(filter(None, (first, last)))), problem


def auto_memory_of(records: bytes) -> tuple[str, ...]:
    """Return the directories of auto memory that session records say was loaded, the last one first.

    Args:
        records: A part of a file of JSON lines.
    """
    found: dict[str, None] = {}
    for record in _records_from_the_end(records, _AUTO):
        attachment = _object(record)[0].get("attachment")
        files = attachment.get("files") if isinstance(attachment, dict) else None
        for file in files if isinstance(files, list) else ():
            path = (
                _absolute(file.get("path"))
                if isinstance(file, dict) and file.get("type") == "AutoMem"
                else ""
            )
            if path:
                found.setdefault(path.rpartition("/")[0] if path.endswith(".md") else path)
    return tuple(filter(None, found))


def client_version(records: bytes) -> str:
    """Return the version of Claude Code in the last session record that has one, or "".

    Args:
        records: A part of a file of JSON lines.
    """
    versions = (_object(record)[0].get("version") for record in _records_from_the_end(records, _VERSION))
    return next((version for version in versions if isinstance(version, str)), "")


def _records(records: bytes) -> Iterator[bytes]:
    """Yield the lines that may name a working directory."""
    end = 0
    while (at := records.find(_FIELD, end)) >= 0:
        start, end = line_at(records, at)
        yield records[start:end]


def _records_from_the_end(records: bytes, field: bytes = _FIELD) -> Iterator[bytes]:
    """Yield the lines that may have a field, the last one first."""
    start = len(records)
    while (at := records.rfind(field, 0, start)) >= 0:
        start, end = line_at(records, at)
        yield records[start:end]


def read_settings(source: bytes, home: str) -> Settings:
    """Read a settings file; the client ignores one that is not a JSON object as a whole.

    Args:
        source: The file's content.
        home: The expansion of `~`.
    """
    values, problem = _object(source)
    if problem:
        return Settings(problem=f"{problem}: Claude Code ignores the whole file")
    environment = values.get("env")
    memory: object = values.get("autoMemoryEnabled")
    disabled = environment.get("CLAUDE_CODE_DISABLE_AUTO_MEMORY") if isinstance(environment, dict) else None
    if disabled == "1" or (isinstance(disabled, float) and disabled == 1):
        memory = False
    written = values.get("autoMemoryDirectory")
    value = home + written[1:] if isinstance(written, str) and written.startswith("~/") else written
    wrong = path_problem(value)
    return Settings(
        memory=memory if isinstance(memory, bool) else None,
        directory="" if wrong else _absolute(value),
        written=str(written) if isinstance(written, str) and not wrong else "",
        problem=f"autoMemoryDirectory {wrong}" if wrong else "",
    )


def path_problem(value: object) -> str:
    """Return why a text cannot be a path, as the end of a sentence; "" if it can."""
    if not isinstance(value, str):
        return ""
    if "\0" in value:
        return "contains a NUL"
    try:
        size = len(value.encode())
    except UnicodeEncodeError:
        return "is not valid Unicode"
    if size >= _PATH_BYTES or any(len(part.encode()) > _NAME_BYTES for part in value.split("/")):
        return "is too long for a path"
    return ""


def project_of(slug: str, directories: Iterable[str]) -> str:
    """Return the directory that a slug was made of, or "".

    A slug cannot be turned back into a path, but it can be compared with the directories in its records
    and with their parents.

    Args:
        slug: Name of a directory in `projects`.
        directories: Working directories that its records name, the likeliest first.
    """
    known = tuple(directories)
    for directory in known:
        while directory:
            if _has_slug(directory, slug):
                return directory
            directory = directory.rpartition("/")[0]  # noqa: PLW2901  # the loop climbs
    return known[0] if known else ""


def main_tree(directory: str) -> str:
    """Return the repository around the worktree of an isolated agent; any other directory as it is."""
    return directory.partition(_WORKTREES)[0] or directory


def without_worktree(path: str) -> str:
    """Return the path in the repository that a path in the worktree of an isolated agent stands for.

    Any other path is returned as it is.
    """
    top, mark, rest = path.partition(_WORKTREES)
    return f"{top}/{rest.partition('/')[2]}" if mark else path


def slug_of(directory: str) -> str:
    """Return the slug that the client makes of a directory; "" for a long path, which gets a hash.

    Args:
        directory: Absolute path without links.
    """
    made = _slug_in_full(directory)
    return made if len(made) <= _SLUG_UNITS else ""


def _slug_in_full(directory: str) -> str:
    return directory_name(directory).replace("_", "-")


def _has_slug(directory: str, slug: str) -> bool:
    """Return whether the client makes this slug of a directory; the hash of a long one is not checked."""
    made = _slug_in_full(directory)
    return made == slug or (len(made) > _SLUG_UNITS and slug.startswith(made[:_SLUG_UNITS] + "-"))


def _absolute(value: object) -> str:
    """Return an absolute path of this machine, without a slash at its end; else ""."""
    if not isinstance(value, str) or not value.startswith("/") or path_problem(value):
        return ""
    return value.rstrip("/") or "/"


def _object(source: bytes) -> tuple[dict[str, object], str]:
    """Return a JSON object and "", or an empty object and the problem, as the end of a sentence."""
    if not source.strip():
        return {}, ""
    try:
        value = json.loads(source, parse_int=float)  # accepts integers of any length
    except json.JSONDecodeError as error:
        return {}, f"is not valid JSON (line {error.lineno}: {error.msg[:1].lower()}{error.msg[1:]})"
    except UnicodeDecodeError:
        return {}, "is not valid JSON (it is not UTF-8)"
    except (ValueError, RecursionError):
        return {}, "is not valid JSON (it is nested too deeply)"
    return (value, "") if isinstance(value, dict) else ({}, "is not a JSON object")
