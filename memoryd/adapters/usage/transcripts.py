"""Session records of Claude Code, read from an offset."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from memoryd import beneath
from memoryd.values import dataclass

_SUFFIX = ".jsonl"
_LONGEST = 16 * 1024 * 1024  # bytes of a line; a longer one is skipped


@dataclass(frozen=True, slots=True)
class Transcript:
    """A session record on disk.

    Attributes:
        path: Its absolute path.
        session: Identifier of the session.
        size: Its bytes.
    """

    path: str
    session: str
    size: int


def transcripts(projects: Path) -> Iterator[Transcript]:
    """Yield the session records of all projects, and those of their subagents.

    Args:
        projects: The directory `projects` of the client's configuration directory.
    """
    for project in _entries(str(projects)):
        for entry in _entries(project.path):
            session = os.fsencode(entry.name.removesuffix(_SUFFIX)).decode(errors="replace")
            if entry.name.endswith(_SUFFIX):
                yield from _transcript(entry, session)
                continue
            for inner in _entries(f"{entry.path}/subagents"):
                if inner.name.endswith(_SUFFIX):
                    yield from _transcript(inner, session)


def _transcript(entry: os.DirEntry[str], session: str) -> Iterator[Transcript]:
    with suppress(OSError):  # it was deleted meanwhile
        status = entry.stat()
        if stat.S_ISREG(status.st_mode):
            yield Transcript(entry.path, session, status.st_size)


def _entries(directory: str) -> list[os.DirEntry[str]]:
    """List a directory by name; nothing if that is impossible."""
    try:
        with os.scandir(directory) as found:
            return sorted(found, key=lambda entry: entry.name)
    except OSError:
        return []


def lines_from(path: str, offset: int) -> Iterator[tuple[bytes, int]]:
    """Yield the complete lines of a record, each with the offset after it.

    Args:
        path: The record, which may be growing.
        offset: Where to begin, in bytes.

    Raises:
        OSError: If it cannot be read.
    """
    with open(beneath.open_file(path), "rb") as file:
        file.seek(offset)
        is_rest = False  # of a line that is too long
        while line := file.readline(_LONGEST):
            offset += len(line)
            if line.endswith(b"\n"):
                yield (b"" if is_rest else line), offset
            is_rest = not line.endswith(b"\n")
