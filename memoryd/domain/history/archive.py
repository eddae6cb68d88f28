"""Versions as commits that a person can read."""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import sha256
from itertools import groupby

from memoryd.domain.history.versions import CLIENT, GIT, Operation, Version
from memoryd.domain.text.phrases import counted, one_line
from memoryd.values import dataclass, regex

README = """# The history of memory files

memoryd wrote this git repository with `memoryd history export`. Each commit is one change: an operation of
memoryd, or what other programs changed at once. `files/` has the files as they were last; a file that was
deleted is in the commits before.

    git log --stat                     every change, the newest first
    git log -p -- files/home/you/…     every version of a file, or of the files in a directory
    git show COMMIT:files/home/you/…   one version

The last line of each message is for `memoryd history import`, which reads all of this back.
"""
README_PATH = b"README.md"

_FORMAT = 1
_TOP = "files"
_LONGEST = 200  # bytes of a name; file systems allow 255
_GITS_OWN = regex(r"\.git|git~", re.IGNORECASE)
_MARK = "memoryd: "


@dataclass(frozen=True, slots=True)
class ArchivedEvent:
    """Versions that one commit has: those of one operation, or those that were seen together.

    Attributes:
        operation: The operation; None for changes by others.
        versions: The versions; their ids and numbers are not kept.
    """

    operation: Operation | None
    versions: tuple[Version, ...]

    @property
    def time(self) -> float:
        """Return when the last version was seen, in seconds since the epoch."""
        return max(version.time for version in self.versions)

    @property
    def author(self) -> str:
        """Return who changed the files."""
        if self.operation and self.operation.actor != CLIENT:
            return f"memoryd {self.operation.actor}".rstrip()
        first = self.versions[0]
        return first.author or first.actor or "another program"


def archived(versions: Iterable[Version], operations: Mapping[int, Operation]) -> Iterator[ArchivedEvent]:
    """Yield versions, which are in the order of their ids, as events."""

    def key(version: Version) -> tuple[object, ...]:
        if version.operation in operations:
            return (version.operation,)
        return (None, version.root, version.time, version.actor, version.author)

    for (operation, *_), group in groupby(versions, key):
        yield ArchivedEvent(operations.get(operation) if isinstance(operation, int) else None, tuple(group))


def tree_path(path: str) -> bytes:
    """Return the path of a file in the repository; different paths stay different.

    Names that git or a file system would refuse or take for something else are escaped, like `%2E%2E`.
    """
    return "/".join([_TOP, *map(_safe_name, path.removeprefix("/").split("/"))]).encode()


def _safe_name(name: str) -> str:
    is_special = not name.strip(". ") or _GITS_OWN.match(name) is not None
    safe = "".join(char if char.isprintable() and char not in '%"\\' else _escaped(char) for char in name)
    if is_special:
        safe = (_escaped(name[0]) if name else "%") + safe[1:]
    if len(safe.encode()) > _LONGEST:
        digest = sha256(name.encode(errors="surrogateescape")).hexdigest()[:16]
        safe = f"{safe.encode()[: _LONGEST // 2].decode(errors='ignore')}%{digest}"
    return safe


def _escaped(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode(errors="surrogateescape"))


def message_of(event: ArchivedEvent, stamp: Callable[[float], str]) -> str:
    """Return the message of the commit of an event.

    Args:
        event: The event.
        stamp: Returns a time, in seconds since the epoch, as text.
    """
    roots = ", ".join(dict.fromkeys(version.root for version in event.versions))
    operation = event.operation
    if operation:
        title = f"{operation.cause}: {operation.title} (operation {operation.id})"
    else:
        title = f"changed by {event.author}: {counted(len(event.versions), 'file', 'files')}"
    record = {
        "version": _FORMAT,
        "operation": operation
        and {
            "id": operation.id,
            "time": stamp(operation.time),
            "cause": operation.cause,
            "title": operation.title,
            "undoes": operation.undoes,
            "actor": operation.actor,
        },
        "files": [_file(version, stamp) for version in event.versions],
    }
    return f"{_printable(title)}\n\n{_printable(roots)}\n\n{_MARK}{json.dumps(record)}\n"


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else "�" for char in one_line(text))


def _file(version: Version, stamp: Callable[[float], str]) -> dict[str, object]:
    return {
        "root": version.root,
        "path": version.path,
        "time": stamp(version.time),
        "sha256": version.digest,
        "mode": version.mode,
        "actor": version.actor,
        "author": version.author,
    }


def event_in(message: str, seconds: Callable[[str], float]) -> ArchivedEvent | None:
    """Return the event that a message of a commit describes; None if it is not one of memoryd's.

    Args:
        message: The message.
        seconds: Returns a time of the message in seconds since the epoch, or raises `ValueError`.

    Raises:
        ValueError: If it was changed, or written by a newer memoryd.
    """
    line = next((each for each in reversed(message.splitlines()) if each), "")
    if not line.startswith(_MARK):
        return None
    try:
        record = json.loads(line.removeprefix(_MARK))
        if record["version"] != _FORMAT:
            raise ValueError("written by a newer memoryd")
        operation = _operation(record["operation"], seconds)
        versions = tuple(_version(each, operation, seconds) for each in record["files"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not as memoryd wrote it") from error
    if not versions:
        raise ValueError("not as memoryd wrote it")
    return ArchivedEvent(operation, versions)


def _operation(record: Mapping[str, object] | None, seconds: Callable[[str], float]) -> Operation | None:
    if record is None:
        return None
    return Operation(
        _number(record["id"]),
        seconds(_text(record["time"])),
        _text(record["cause"]),
        "done",
        _text(record["title"]),
        None if record["undoes"] is None else _number(record["undoes"]),
        _text(record["actor"]),
    )


def _version(
    record: Mapping[str, object], operation: Operation | None, seconds: Callable[[str], float]
) -> Version:
    return Version(
        0,
        seconds(_text(record["time"])),
        _absolute(record["root"]),
        _absolute(record["path"]),
        None if record["sha256"] is None else _text(record["sha256"]),
        None if record["mode"] is None else _number(record["mode"]) & 0o7777,
        operation.id if operation else None,
        actor=_text(record["actor"]) if record["actor"] in {CLIENT, GIT} else "",
        author=_text(record["author"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise TypeError("no text")
    return value


def _absolute(value: object) -> str:
    path = _text(value)
    if not path.startswith("/") or {"..", "."} & set(path.split("/")):
        raise TypeError("no absolute path")
    return path


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 1 << 62:
        raise TypeError("no number")
    return value
