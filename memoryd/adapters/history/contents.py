"""Contents of files, each stored once, compressed, by SHA-256."""

import sqlite3
import zlib
from collections.abc import Iterator
from hashlib import sha256

from memoryd.errors import MemorydError

REFERENCES = (
    "SELECT hash, path, 'version ' || id FROM versions WHERE hash IS NOT NULL "
    "UNION ALL SELECT before, path, 'operation ' || operation FROM changes WHERE before IS NOT NULL "
    "UNION ALL SELECT after, path, 'operation ' || operation FROM changes WHERE after IS NOT NULL"
)
"""Every use of a content: its hash, the file, and what uses it."""


def keep(connection: sqlite3.Connection, content: bytes | None) -> str | None:
    """Store a content if it is new; return its hash, None for None."""
    if content is None:
        return None
    digest = sha256(content).hexdigest()
    connection.execute(
        "INSERT INTO contents (hash, size, data) VALUES (?, ?, ?) ON CONFLICT (hash) DO NOTHING",
        [digest, len(content), zlib.compress(content)],
    )
    return digest


def content_of(connection: sqlite3.Connection, digest: str | None) -> bytes | None:
    """Return a content by its hash; None for None.

    Raises:
        MemorydError: If it is damaged.
    """
    if digest is None:
        return None
    try:
        row = connection.execute("SELECT data FROM contents WHERE hash = ?", [digest]).fetchone()
        return zlib.decompress(row[0])
    except (TypeError, zlib.error, sqlite3.Error) as error:
        raise MemorydError(
            f"the content {digest[:12]} in the history is damaged",
            "`memoryd history verify` names the versions that need it",
        ) from error


def damages(connection: sqlite3.Connection) -> Iterator[str]:
    """Yield one sentence for each damage of the database, a content, or a reference to one."""
    for (answer,) in connection.execute("PRAGMA integrity_check"):
        if answer != "ok":
            yield f"the database is damaged: {answer}"
    sound = set()
    for digest, size, data in connection.execute("SELECT hash, size, data FROM contents ORDER BY hash"):
        try:
            content = zlib.decompress(data)
        except (zlib.error, TypeError):
            continue
        if len(content) == size and sha256(content).hexdigest() == digest:
            sound.add(digest)
    for digest, path, what in connection.execute(f"{REFERENCES} ORDER BY 2, 3"):
        if digest not in sound:
            yield f"{what} of {path} is lost: its content {digest[:12]} is damaged or missing"
