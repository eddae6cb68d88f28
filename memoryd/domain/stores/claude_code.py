"""What the client's own files say about where memory lies: session records, settings, slugs."""

import json
from collections.abc import Iterable, Iterator

from memoryd.domain.markdown.positions import line_at
from memoryd.domain.stores.store import directory_name

_FIELD = b'"cwd"'
_VERSION = b'"version"'
_SLUG_UNITS = 200  # of longer ones the client keeps this much, and adds a hash


def session_directories(records: bytes) -> tuple[str, ...]:
    """Working directories of the first and of the last session record that names one.

    Lines that are cut, damaged or of another kind are passed over.

    Args:
        records: A piece of a file of JSON lines.
    """
    first = next(filter(None, map(_working_directory, _records(records))), "")
    last = next(filter(None, map(_working_directory, _records_from_the_end(records))), "")
    return tuple(dict.fromkeys(filter(None, (first, last))))


def client_version(records: bytes) -> str:
    """Return the version of Claude Code that the last session record with a version names, or "".

    Args:
        records: A piece of a file of JSON lines.
    """
    versions = (_object(record).get("version") for record in _records_from_the_end(records, _VERSION))
    return next((version for version in versions if isinstance(version, str)), "")


def _records(records: bytes) -> Iterator[bytes]:
    """The lines that may name a working directory."""
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


def _working_directory(record: bytes) -> str:
    """The absolute `cwd` of a record, or ""."""
    return _absolute(_object(record).get("cwd"))


def auto_memory_directory(settings: bytes, home: str) -> str:
    """Where a settings file moves auto memory to: an absolute path, or "" where it does not.

    Args:
        settings: The file's content.
        home: What `~` stands for.
    """
    value = _object(settings).get("autoMemoryDirectory")
    if isinstance(value, str) and value.startswith("~/"):
        value = home + value[1:]
    return _absolute(value)


def memory_switch(settings: bytes) -> bool | None:
    """Whether a settings file turns memory on or off, agents' memory too; None where it says nothing."""
    values = _object(settings)
    environment = values.get("env")
    if isinstance(environment, dict) and str(environment.get("CLAUDE_CODE_DISABLE_AUTO_MEMORY")) == "1":
        return False
    value = values.get("autoMemoryEnabled")
    return value if isinstance(value, bool) else None


def project_of(slug: str, directories: Iterable[str]) -> str:
    """The directory that a slug stands for, or "".

    A slug cannot be turned back into a path, but it tells which of the directories seen in its
    records, or which of their parents, it was made of.

    Args:
        slug: Name of a directory in `projects`.
        directories: Working directories that its records name, the likeliest first.
    """
    known = tuple(directories)
    for directory in known:
        while directory:
            if _has_slug(directory, slug):
                return directory
            directory = directory.rpartition("/")[0]  # noqa: PLW2901  # climbing is the point
    return known[0] if known else ""


def _has_slug(directory: str, slug: str) -> bool:
    """Whether the client makes this slug of a directory; the hash of a long one is taken on trust."""
    made = directory_name(directory).replace("_", "-")
    return made == slug or (len(made) > _SLUG_UNITS and slug.startswith(made[:_SLUG_UNITS] + "-"))


def _absolute(value: object) -> str:
    """A path if it is an absolute one, without a slash at its end; else ""."""
    return value.rstrip("/") or "/" if isinstance(value, str) and value.startswith("/") else ""


def _object(source: bytes) -> dict[str, object]:
    """A JSON object, or an empty one where the source is anything else."""
    try:
        value = json.loads(source)
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}
