"""What is left in files, byte by byte, whatever their form."""

import os
import sqlite3
import stat
import zlib
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

_CHUNK = 8 * 1024 * 1024
_OVERLAP = 64 * 1024  # so that what lies on the border of two chunks is seen whole in one
_ZLIB = b"\x78\x9c"  # how Python's compressed bytes begin
_STEP = 256  # bytes
_PAGE = 4096  # of a database: the rest of a longer stream lies elsewhere
_SKIPPED = frozenset({".git", "node_modules"})


def paths_below(root: str) -> Iterator[str]:
    """Absolute paths of all that lies below a directory, hidden or empty, version control left out.

    What is in a directory comes behind it.
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
    """The kind of what lies at a path, as `stat.S_IFMT` gives it; 0 where there is nothing."""
    try:
        return stat.S_IFMT(os.lstat(path).st_mode)
    except FileNotFoundError:
        return 0


def chunks(path: str) -> Iterator[bytes]:
    """The bytes of a file in pieces that overlap; none where it is gone.

    Raises:
        OSError: If it cannot be read.
    """
    with suppress(FileNotFoundError), open(path, "rb") as file:
        before = b""
        while chunk := file.read(_CHUNK):
            yield before + chunk
            before = chunk[-_OVERLAP:]


def streams(chunk: bytes) -> Iterator[bytes]:
    """What can be decompressed in bytes, wherever it begins: also of rows that were only deleted."""
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


def cells(path: Path) -> Iterator[bytes]:
    """Every text and every blob in a database, decompressed where it is compressed.

    Raises:
        sqlite3.Error: If it cannot be read.
    """
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=5)) as database:
        database.text_factory = bytes
        tables = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        for (name,) in tables:
            for row in database.execute(f'SELECT * FROM "{name.decode()}"'):  # noqa: S608  # from the database
                for cell in row:
                    if isinstance(cell, bytes):
                        yield _decompressed(cell) if cell.startswith(_ZLIB) else cell


def _decompressed(cell: bytes) -> bytes:
    try:
        return zlib.decompress(cell)
    except zlib.error:
        return b"".join([cell, *streams(cell)])
