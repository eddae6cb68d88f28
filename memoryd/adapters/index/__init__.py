"""The index: what the stores hold, in SQLite, for search. A cache: deleting it loses nothing."""

import hashlib
import json
from collections.abc import Iterable
from itertools import islice
from pathlib import Path
from typing import Self

from sqlite_utils import Database

from memoryd.adapters.index.file import IndexFile, from_blob, to_blob, transaction
from memoryd.adapters.index.hits import Hit, find
from memoryd.domain.changes import RACY_NS, Listing, Signature
from memoryd.domain.document import Document
from memoryd.domain.query import columns
from memoryd.domain.store import Store

__all__ = ["Hit", "Index"]

# A signature too fresh to trust when it was read stays so, even if other files of the store were read since.
_SCANNED = """
SELECT id, min(
    scanned_at_ns,
    ifnull(
        (SELECT min(read_at_ns) FROM documents WHERE store = stores.id AND mtime_ns > read_at_ns - :racy),
        scanned_at_ns
    )
)
FROM stores WHERE root = :root
"""
_STORE = """
INSERT INTO stores (root, agent, scope, scanned_at_ns) VALUES (?, ?, ?, ?)
ON CONFLICT (root) DO UPDATE
SET agent = excluded.agent, scope = excluded.scope, scanned_at_ns = excluded.scanned_at_ns
RETURNING id
"""
_DOCUMENT = """
INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE
SET type = excluded.type, digest = excluded.digest, inode = excluded.inode, size = excluded.size,
    mtime_ns = excluded.mtime_ns, ctime_ns = excluded.ctime_ns, read_at_ns = excluded.read_at_ns
"""
_NEW_TEXT = "INSERT INTO fulltext (name, description, headings, body, lines, rowid) VALUES (?, ?, ?, ?, ?, ?)"
_TEXT = "UPDATE fulltext SET name = ?, description = ?, headings = ?, body = ?, lines = ? WHERE rowid = ?"
_CHUNK = 200  # documents in memory at a time, and parameters of one statement
_BULK = 1000  # new documents from which on merging the full-text index at once pays
_INODES = 1 << 64
_LARGEST = (1 << 63) - 1


class Index:
    """The index at a path, opened or created; a context manager, for one thread at a time.

    Any call may find the file damaged, of another version, deleted or replaced. A fresh one then takes its
    place, and `healed` says so: everything is to be synced again.

    Raises:
        MemorydError: Even a fresh file cannot be made, or this one stays locked; all methods.
    """

    def __init__(self, path: Path) -> None:
        self._file = IndexFile(path)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; closing twice is fine."""
        self._file.close()

    @property
    def healed(self) -> str | None:
        """What was wrong with the file last and what was done, one sentence; None where nothing was."""
        return self._file.healed

    def listing(self, store: Store) -> tuple[Listing, int]:
        """What `changes.compare` needs: signatures by path when last read, and when that was.

        The time is in ns since the epoch, 0 if never; early enough for every file whose signature was too
        fresh to trust.
        """
        sql = "SELECT path, inode, size, mtime_ns, ctime_ns FROM documents WHERE store = ?"

        def read(db: Database) -> tuple[Listing, int]:
            with transaction(db, "BEGIN"):
                known = db.execute(_SCANNED, {"root": to_blob(store.root), "racy": RACY_NS}).fetchone()
                if known is None:
                    return {}, 0
                store_id, scanned_at_ns = known
                rows = db.execute(sql, [store_id])
                listing = {from_blob(path): Signature(inode % _INODES, *rest) for path, inode, *rest in rows}
                return listing, scanned_at_ns

        return self._file.use(read)

    def update(
        self,
        store: Store,
        documents: Iterable[tuple[Signature, Document]],
        gone: Iterable[str],
        *,
        scanned_at_ns: int,
    ) -> int:
        """Bring documents of a store to their state on disk in one transaction; all others stay as they are.

        Args:
            store: The store.
            documents: Those read again; with the same content as before only the signature is written.
            gone: Paths that are no more.
            scanned_at_ns: When the signatures were taken, before reading; ns since the epoch.

        Returns:
            How many documents differ in content from what was indexed.
        """
        one = "SELECT id FROM documents WHERE store = ? AND path = ?"
        feed = iter(documents)
        paths = [to_blob(path) for path in gone]
        row = [to_blob(store.root), to_blob(store.agent), to_blob(store.scope), scanned_at_ns]

        def write(db: Database) -> int:
            with transaction(db, "BEGIN IMMEDIATE"):
                store_id = db.execute(_STORE, row).fetchall()[0][0]
                _forget(db, one, [(store_id, path) for path in paths])
                written = 0
                while chunk := list(islice(feed, _CHUNK)):
                    written += _write(db, store_id, chunk, scanned_at_ns)
                if written >= _BULK:
                    db.execute("INSERT INTO fulltext (fulltext) VALUES ('optimize')")
            return written

        return self._file.use(write)

    def drop(self, root: str) -> None:
        """Forget a store that is gone."""
        documents = "SELECT documents.id FROM documents JOIN stores ON stores.id = store WHERE root = ?"

        def write(db: Database) -> None:
            with transaction(db, "BEGIN IMMEDIATE"):
                _forget(db, documents, [(to_blob(root),)])
                db.execute("DELETE FROM stores WHERE root = ?", [to_blob(root)])

        self._file.use(write)

    def purge(self) -> None:
        """Forget everything, with no byte of it left in any file; a sync brings back what there is."""

        def write(db: Database) -> None:
            db.execute("PRAGMA secure_delete = ON")
            with transaction(db, "BEGIN IMMEDIATE"):
                for table in ("fulltext", "documents", "stores"):
                    db.execute(f"DELETE FROM {table}")  # noqa: S608 - constants
                db.execute("INSERT INTO fulltext (fulltext) VALUES ('rebuild')")
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

        self._file.use(write)
        self._file.drop_aside()

    def tidy(self) -> None:
        """Do a little of the merging that updates put off, and give memory back; for idle moments."""

        def write(db: Database) -> None:
            with transaction(db, "BEGIN IMMEDIATE"):
                db.execute("INSERT INTO fulltext (fulltext, rank) VALUES ('merge', 16)")
            db.execute("PRAGMA shrink_memory")

        self._file.use(write)

    def version(self) -> int:
        """A number that differs from the last one where another process has written meanwhile."""
        return int(self._file.use(lambda db: db.execute("PRAGMA data_version").fetchone()[0]))

    def roots(self) -> tuple[str, ...]:
        """Roots of all stores known, sorted."""
        return tuple(self.counts())

    def counts(self) -> dict[str, int]:
        """How many documents are indexed, by root, sorted."""
        count = "SELECT count(*) FROM documents WHERE store = stores.id"
        sql = f"SELECT root, ({count}) FROM stores ORDER BY root"  # noqa: S608 - a constant
        rows = self._file.use(lambda db: db.execute(sql).fetchall())
        return {from_blob(root): documents for root, documents in rows}

    def search(
        self,
        query: str,
        *,
        agent: str | None = None,
        scope: str | None = None,
        type: str | None = None,  # noqa: A002 - what the option and the front matter call it
        limit: int = 10,
    ) -> tuple[Hit, ...]:
        """The documents that fit a query best, best first; `query.expressions` says what a query may hold.

        All terms must be in a document; where no document has them all, any word will do.
        """
        wanted = {"agent": agent, "scope": scope, "type": type}
        values = {key: None if value is None else to_blob(value) for key, value in wanted.items()}

        def read(db: Database) -> tuple[Hit, ...]:
            with transaction(db, "BEGIN"):
                return find(db, query, {**values, "limit": max(limit, 0)})

        return self._file.use(read)


def _write(db: Database, store: int, chunk: list[tuple[Signature, Document]], read_at_ns: int) -> int:
    """Write some documents; how many had new content."""
    latest = {to_blob(document.path): (signature, document) for signature, document in chunk}
    marks = ", ".join("?" * len(latest))
    sql = f"SELECT path, id, digest FROM documents WHERE store = ? AND path IN ({marks})"  # noqa: S608 - marks only
    known = {path: (row, digest) for path, row, digest in db.execute(sql, [store, *latest])}
    free = db.execute("SELECT ifnull(max(id), 0) FROM documents").fetchone()[0]
    rows: list[tuple[int | bytes, ...]] = []
    new: list[tuple[str | int, ...]] = []
    changed: list[tuple[str | int, ...]] = []
    for path, (signature, document) in latest.items():
        row, before = known.get(path, (0, b""))
        digest = hashlib.blake2b(document.raw, digest_size=16).digest()
        if digest != before:
            texts = changed if row else new
            row = row or (free := free + 1)
            made = columns(document)
            texts.append((made.name, made.description, made.headings, made.body, json.dumps(made.lines), row))
        kind = document.front_matter.type if document.front_matter else ""
        rows.append((row, store, path, to_blob(kind), digest, *_storable(signature), read_at_ns))
    for statement, values in ((_DOCUMENT, rows), (_NEW_TEXT, new), (_TEXT, changed)):
        db.conn.executemany(statement, values)
    return len(new) + len(changed)


def _forget(db: Database, which: str, values: list[tuple[int | bytes, ...]]) -> None:
    """Delete documents; `which` selects their ids."""
    for table, column in (("fulltext", "rowid"), ("documents", "id")):
        db.conn.executemany(f"DELETE FROM {table} WHERE {column} IN ({which})", values)  # noqa: S608 - constants


def _storable(signature: Signature) -> tuple[int, ...]:
    """As signed 64-bit integers; a time after the year 2262 makes the file look changed, always."""
    inode, *rest = signature
    return (inode - _INODES if inode > _LARGEST else inode, *(min(value, _LARGEST) for value in rest))
