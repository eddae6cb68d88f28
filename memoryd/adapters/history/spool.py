"""Versions that could not be recorded, kept beside the database."""

import fcntl
import json
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from io import FileIO
from pathlib import Path

from memoryd import private
from memoryd.adapters.history.connection import Connection, stored_path
from memoryd.adapters.history.copies.absorb import AbsorbResult, RawVersion, add_versions
from memoryd.adapters.history.records import SeenFile
from memoryd.adapters.history.schema import seconds_of, text_of
from memoryd.errors import MemorydError

_BEGIN = b"memoryd-version "
_LARGEST = 64 * 1024 * 1024  # bytes


class Spool:
    """An append-only file with versions; each record has a header of one line, and the content.

    Args:
        history: Path of the database.
    """

    def __init__(self, history: Path) -> None:
        self.path = Path(f"{history}.spool")
        self._last: dict[str, str | None] | None = None

    def exists(self) -> bool:
        """Return whether anything is to be recorded."""
        return os.path.exists(self.path)  # unlike that of Path, an error of the disk means no

    def add(self, files: Iterable[SeenFile]) -> None:
        """Append versions, durably; one that is the last of its path here is not repeated.

        Raises:
            OSError: If that is impossible, or the file is too large.
        """
        last = self._known()
        added, new = [], dict[str, str | None]()
        for file in files:
            digest = _digest(file)
            if file.path not in last or last[file.path] != digest:
                added.append(file)
                new[file.path] = digest
        self.append(added)
        last |= new

    def append(self, files: Iterable[SeenFile]) -> None:
        """Append versions, durably, also those that are the last of their path here.

        Raises:
            OSError: If that is impossible, or the file is too large.
        """
        now = time.time()
        records = [_record(text_of(file.time or now), file, _digest(file)) for file in files]
        if not records:
            return
        with self._held() as spool:
            if spool.tell() > _LARGEST:
                raise OSError(f"{self.path} is full")
            _append(spool, b"\n" + b"".join(records))  # what a killed process left does not hide the next one

    @contextmanager
    def _held(self) -> Iterator[FileIO]:
        """Open the file that is at the path, so that no other process removes it."""
        while True:
            with open(private.open_file(self.path, os.O_WRONLY | os.O_APPEND), "ab", buffering=0) as spool:
                fcntl.flock(spool, fcntl.LOCK_EX)
                if self._is_there(spool):
                    yield spool
                    return

    def _is_there(self, spool: FileIO) -> bool:
        try:
            return os.path.samestat(os.fstat(spool.fileno()), os.stat(self.path))
        except FileNotFoundError:
            return False

    def take_in(self, connection: Connection) -> int:
        """Record all versions, then remove the file; return how many were new.

        If part of it cannot be read, the file is set aside instead of removed.

        Raises:
            MemorydError: If they cannot be recorded.
        """
        try:
            content = self.path.read_bytes()
            found, is_whole = _read(content)
            done = AbsorbResult()
            with connection.writing():
                add_versions(connection, found, done)
            with self._held() as spool:
                size = os.fstat(spool.fileno()).st_size
                if size == 0 or (size == len(content) and is_whole):  # 0 if another process was faster
                    self.path.unlink()
                elif size == len(content):  # else another process added some meanwhile
                    self.path.rename(f"{self.path}.damaged-{time.time():.0f}")
        except FileNotFoundError:  # another process took them in
            return 0
        except OSError as error:
            raise MemorydError(f"cannot read {self.path}: {error.strerror}") from error
        self._last = None
        return done.versions

    def _known(self) -> dict[str, str | None]:
        """Return the last content of each path in the file, by its hash."""
        if self._last is None or not self.exists():
            self._last = {}
            with suppress(FileNotFoundError):
                for version in _read(self.path.read_bytes())[0]:
                    self._last[os.fsdecode(version.path)] = version.digest
        return self._last


def _append(spool: FileIO, data: bytes) -> None:
    """Append everything durably; on a full disk, leave no part of it.

    Raises:
        OSError: If that is impossible.
    """
    start, left = spool.tell(), memoryview(data)
    try:
        while left:  # a write to a nearly full disk is short before one fails
            left = left[spool.write(left) :]
        os.fsync(spool.fileno())
    except OSError:
        if os.fstat(spool.fileno()).st_size == spool.tell():  # no other process has appended since
            with suppress(OSError):
                spool.truncate(start)
        raise


def _record(now: str, file: SeenFile, digest: str | None) -> bytes:
    head = {"time": now, "root": file.root, "path": file.path, "mode": file.mode, "sha256": digest}
    size = -1 if file.content is None else len(file.content)
    writer = {"actor": file.actor, "author": file.author, "session": file.session}
    line = json.dumps(head | {"size": size} | writer).encode()
    return _BEGIN + line + b"\n" + (file.content or b"") + b"\n"


def _digest(file: SeenFile) -> str | None:
    return None if file.content is None else sha256(file.content).hexdigest()


def _read(spool: bytes) -> tuple[list[RawVersion], bool]:
    """Return the versions in a spool, and whether it has nothing else."""
    found: list[RawVersion] = []
    at, is_whole = 0, True
    while (start := spool.find(_BEGIN, at)) >= 0:
        is_whole = is_whole and not spool[at:start].strip(b"\n")
        end = spool.find(b"\n", start)
        version, at = _version(spool, start + len(_BEGIN), end) if end >= 0 else (None, len(spool))
        if version:
            found.append(version)
        else:
            is_whole, at = False, start + len(_BEGIN)
    return found, is_whole and not spool[at:].strip(b"\n")


def _version(spool: bytes, start: int, end: int) -> tuple[RawVersion | None, int]:
    """Return the version whose header is there, None if it is damaged, and the offset after it."""
    try:
        head = json.loads(spool[start:end])
        size = max(int(head["size"]), 0)
        content = spool[end + 1 : end + 1 + size]
        digest = head["sha256"]
        if len(content) != size or (digest is not None and sha256(content).hexdigest() != digest):
            return None, end
        held = None if digest is None else content
        root, path = stored_path(str(head["root"])), stored_path(str(head["path"]))
        mode = head["mode"] if isinstance(head["mode"], int) else None
        writer = (stored_path(str(head.get("author", ""))), str(head.get("actor", "")))
        session = stored_path(str(head.get("session", "")))
        version = RawVersion(
            text_of(seconds_of(head["time"])), root, path, digest, mode, None, lambda: held, *writer, session
        )
    except (ValueError, KeyError, TypeError, OverflowError):
        return None, end
    return version, end + 1 + size
