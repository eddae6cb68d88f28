"""Checks of the history and the index."""

import os
import sqlite3
import stat
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from memoryd.adapters.doctor.sqlite import rows_of, schema_of, unsound
from memoryd.adapters.history.expiry import size_of
from memoryd.adapters.history.schema import MIGRATIONS, seconds_of
from memoryd.adapters.search.schema import SCHEMA
from memoryd.config.locations import LOCATIONS
from memoryd.domain.doctor import Precondition, bad, good, weak
from memoryd.domain.text.phrases import counted, written_size
from memoryd.services.doctor.case import Case

_DRIFT = 60.0  # seconds
_UNSET_CLOCK = datetime(2025, 1, 1, tzinfo=UTC).timestamp()  # before: a machine without a battery


def of_databases(case: Case) -> Iterator[Precondition]:
    """Check that history and index exist, are sound, and are private."""
    history, index = case.locations.history, case.locations.index
    looks = (("history", history, partial(_history, case)), ("index", index, partial(_index, index)))
    for name, path, look in looks:
        try:
            os.stat(path)
        except (FileNotFoundError, NotADirectoryError):
            pass  # it will be made
        except OSError as error:
            hint = f"make its directory accessible, or set {LOCATIONS[name].variable} to another one"
            yield bad(name, f"cannot look at {path}: {error.strerror}", hint)
            continue
        yield from look()


def _history(case: Case) -> Iterator[Precondition]:
    path = case.locations.history
    if not path.exists():
        yield from _to_be_made("history", path)
        if time.time() < _UNSET_CLOCK:
            yield _clock("the clock of this machine says", time.time())
        return
    yield from _private("history", path)
    problem = unsound(path)
    if problem:
        yield bad(
            "history",
            f"{path} is damaged: {problem}",
            "`memoryd history verify` shows what; restore it from a backup",
        )
        return
    try:
        schema = schema_of(path)
        ((newest, versions),) = rows_of(
            path, "SELECT (SELECT max(time) FROM versions), (SELECT count(*) FROM versions)"
        )
        unfinished = rows_of(path, "SELECT id FROM operations WHERE status = 'intent' ORDER BY id")
    except sqlite3.Error as error:
        yield bad("history", f"{path} cannot be read: {error}", "`memoryd history verify` shows more")
        return
    if schema > len(MIGRATIONS):
        yield bad("history", f"{path} was written by a newer memoryd", "upgrade memoryd to use it")
        return
    kept = counted(int(str(versions)), "version", "versions")
    yield good("history", f"{path} is sound, with {kept} (`memoryd history verify` computes every hash)")
    if schema == len(MIGRATIONS):
        yield from _size(path, case.config.history.max_size)
    if isinstance(newest, bytes):
        yield from _time(seconds_of(newest.decode()))
    if unfinished:
        numbers = ", ".join(str(row[0]) for row in unfinished)
        yield weak(
            "unfinished",
            f"interrupted: operation {numbers}",
            "the daemon undoes it when it starts, and so does the next command that writes to that store",
        )


def _size(path: Path, most: int) -> Iterator[Precondition]:
    try:
        size = size_of(partial(rows_of, path), time.time())
    except sqlite3.Error:  # another process changes it: the next run sees it
        return
    if size.total > most:
        yield weak(
            "history size",
            f"{size.sentence}: more than [history] max_size, {written_size(most)}",
            "no line is ever deleted for want of room: set a larger max_size",
        )
    else:
        yield good("history size", f"{size.sentence}, of at most {written_size(most)}")


def _time(newest: float) -> Iterator[Precondition]:
    now = time.time()
    if now < _UNSET_CLOCK:
        yield _clock("the clock of this machine says", now)
    elif newest > now + _DRIFT:
        yield _clock("the clock is wrong or was: the last version was recorded for", newest)


def _clock(what: str, moment: float) -> Precondition:
    when = datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%d %H:%M UTC")
    return weak("clock", f"{what} {when}", "set the clock; times in `memoryd log` may be out of order")


def _private(name: str, path: Path) -> Iterator[Precondition]:
    """Check that other users cannot read the versions of memory."""
    files: dict[Path, os.stat_result] = {}
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):  # SQLite removes these files when it closes the database
            files[Path(f"{path}{suffix}")] = os.stat(f"{path}{suffix}")
    foreign = [each for each, status in files.items() if status.st_uid != os.geteuid()]
    if foreign:
        yield bad(name, f"{foreign[0]} belongs to another user", f"sudo chown $(id -u) {path}*")
    # a directory closed to others also protects its files
    elif path.parent.stat().st_mode & 0o011:
        modes = ((each, stat.S_IMODE(status.st_mode)) for each, status in files.items())
        read = next((found for found in modes if found[1] & 0o077), None)
        if read:
            yield bad(name, f"others may read {read[0]} (mode {read[1]:04o})", f"chmod 600 {path}*")


def _to_be_made(name: str, path: Path) -> Iterator[Precondition]:
    place = path.parent
    while not place.exists():
        place = place.parent
    if os.access(place, os.W_OK | os.X_OK):
        yield good(name, f"{path} will be created at the first use")
    else:
        yield bad(name, f"{path} cannot be created: {place} is not writable", f"make {place} writable")


def _index(path: Path) -> Iterator[Precondition]:
    if not path.exists():
        yield from _to_be_made("index", path)
        return
    yield from _private("index", path)
    problem = unsound(path)
    try:
        schema = SCHEMA if problem else schema_of(path)
    except sqlite3.Error as error:
        problem, schema = str(error), SCHEMA
    if problem:
        yield weak("index", f"{path} is damaged: {problem}", "the next search sets it aside and rebuilds it")
    elif schema != SCHEMA:
        yield good("index", f"{path} is from another version of memoryd, and will be rebuilt at the next use")
    else:
        yield good("index", f"{path} is sound")
