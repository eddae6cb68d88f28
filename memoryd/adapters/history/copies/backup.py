"""Whole copies of the database, checked before they are used."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path

from memoryd import beneath, private
from memoryd.adapters.history import chain
from memoryd.adapters.history.contents import Contents, damages
from memoryd.errors import MemorydError

_PAGES = 4096  # pages that are copied between two signs of life


def backup_of(history: Path) -> Path:
    """Return the path of the backup that the daemon keeps."""
    return Path(f"{history}.backup")


def back_up(
    source: sqlite3.Connection, target: Path, progress: Callable[[], None] = lambda: None, *, replace: bool
) -> None:
    """Write a copy of an open database to a file, and check it completely.

    Args:
        source: The database; other processes may write to it meanwhile.
        target: The file, readable only by its owner.
        progress: Called now and then.
        replace: The file may exist; it is replaced once the copy is complete.

    Raises:
        MemorydError: If the file exists or cannot be written, or the history is damaged.
    """
    new = target.with_name(f"{target.name}.next") if replace else target
    try:
        if replace:
            new.unlink(missing_ok=True)
        write_copy(source, new, progress)
        if replace:
            new.replace(target)
    except FileExistsError as error:
        raise MemorydError(f"{target} exists", "name a new file") from error
    except (OSError, sqlite3.Error) as error:
        raise MemorydError(f"cannot write {target}: {error}", "the history is unchanged") from error


def write_copy(source: sqlite3.Connection, target: Path, progress: Callable[[], None] = lambda: None) -> None:
    """Write a copy of an open database to a new file, and check it.

    The copy appears under its name when it is complete and on the disk. What is there is not replaced.

    Args:
        source: The database; other processes may write to it meanwhile.
        target: The new file, readable only by its owner.
        progress: Called now and then.

    Raises:
        FileExistsError: If there is a file of that name.
        OSError: If it cannot be written.
        sqlite3.Error: If the source cannot be read.
        MemorydError: If the copy is damaged.
    """
    draft = target.with_name(f"{target.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    try:
        os.close(private.open_file(draft, os.O_RDWR | os.O_EXCL))
        with closing(sqlite3.connect(draft, isolation_level=None)) as copy:
            source.backup(copy, pages=_PAGES, progress=lambda *_: progress(), sleep=0)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file is the whole copy
            _demand_sound(copy, target, progress)
        with open(draft, "rb") as file:
            os.fsync(file.fileno())
        os.link(draft, target)
        beneath.sync_directory(str(target.parent))
    finally:
        with suppress(OSError):
            draft.unlink(missing_ok=True)


def _demand_sound(copy: sqlite3.Connection, target: Path, progress: Callable[[], None]) -> None:
    for problem in (*damages(Contents(copy), copy, progress), *chain.breaks(copy)):
        raise MemorydError(
            f"{target} is not written: the history is damaged: {problem}",
            "`memoryd history verify` names all damages, `memoryd history repair` keeps what can be read",
        )
