"""Bytes of files, searched whatever their form."""

import os
import sqlite3
import stat
import zlib
from collections.abc import Collection, Iterator
from contextlib import closing, suppress
from pathlib import Path

_CHUNK = 8 * 1024 * 1024
_OVERLAP = 64 * 1024  # so that text at the end of a chunk is complete in the next one
_ZLIB = b"\x78\x9c"  # first bytes of Python's compressed data
_STEP = 256  # bytes
_PAGE = 4096  # bytes of a database page; the rest of a longer stream is elsewhere
_SKIPPED = frozenset({".git", "node_modules"})


def paths_below(root: str) -> Iterator[str]:
    """Yield absolute paths of everything below a directory, also hidden or empty, except version control.

    A directory comes before its contents.
    """
    pending = [root]
    while pending:
        names: list[str] = []
        files: list[str] = []
        with suppress(OSError), os.scandir(pending.pop()) as entries:
            for entry in entries:
                (names if entry.is_dir(follow_symlinks=False) else files).append(entry.path)
        inner = sorted(path for path in names if os.path.basename(path) not in _SKIPPED)
        yield from (*inner, *sorted(files))
        pending += reversed(inner)


def kind_of(path: str) -> int:
    """Return the kind of a path, as `stat.S_IFMT` does; 0 if it does not exist."""
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except FileNotFoundError:
        return 0


def chunks(path: str) -> Iterator[bytes]:
    """Yield the bytes of a file in overlapping chunks; none if it does not exist.

    Raises:
        OSError: If it cannot be read.
    """
    with suppress(FileNotFoundError), open(path, "rb") as file:
        before = b""
        while chunk := file.read(_CHUNK):
            yield before + chunk
            before = chunk[-_OVERLAP:]


def streams(chunk: bytes) -> Iterator[bytes]:
    """Yield the data decompressed at any offset of bytes, also from deleted rows."""
    at = chunk.find(_ZLIB)
    while at >= 0:
        reader = zlib.decompressobj()
        found = b""
        with suppress(zlib.error):
            for start in range(at, min(at + _PAGE, len(chunk)), _STEP):
                found += reader.decompress(chunk[start : start + _STEP])
        if found:
            yield found
        at = chunk.find(_ZLIB, at + 1)


def cells(path: Path, skipped: Collection[str] = ()) -> Iterator[bytes]:
    """Yield every text and blob in a database, decompressed if compressed.

    Args:
        path: The database.
        skipped: Names of tables that are left out.

    Raises:
        sqlite3.Error: If it cannot be read.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)) as database:
        database.text_factory = bytes
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in (each for each in tables if each[0].decode() not in skipped):
            for row in database.execute(f'SELECT * FROM "{name.decode()}"'):  # noqa: S608  # from the database
                for cell in row:
                    if isinstance(cell, bytes):
                        yield _decompressed(cell) if cell.startswith(_ZLIB) else cell


def _decompressed(cell: bytes) -> bytes:
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return b"".join([cell, *streams(cell)])
