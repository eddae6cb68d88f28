"""The index: what the stores hold, in SQLite, for search. A cache: deleting it loses nothing."""

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Self

from memoryd.adapters.search.differences import differences, problems
from memoryd.adapters.search.file import IndexFile, from_sql, to_sql, transaction
from memoryd.adapters.search.hits import Hit, find
from memoryd.adapters.search.rows import forget_documents, read_signatures, settle, write_documents
from memoryd.domain.markdown.document import Document
from memoryd.domain.search.query import Filter, read_query
from memoryd.domain.stores.listing import Listing, Signature
from memoryd.domain.stores.store import Store

__all__ = ["Hit", "Index"]

_STORE = """
INSERT INTO stores (root, agent, scope, profile, index_file, scanned_at_ns) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (root) DO UPDATE
SET agent = excluded.agent, scope = excluded.scope, profile = excluded.profile,
    index_file = excluded.index_file, scanned_at_ns = excluded.scanned_at_ns
RETURNING id
"""
_FINGERPRINT = """
SELECT fingerprint FROM stores
WHERE root = ? AND agent = ? AND scope = ? AND profile = ? AND index_file = ?
"""
_CHUNK = 200  # documents in memory at a time, and parameters of one statement
_BULK = 1000  # new documents from which on merging the full-text index at once pays


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

        def read(db: sqlite3.Connection) -> tuple[Listing, int]:
            with transaction(db, "BEGIN"):
                sql = "SELECT id, scanned_at_ns FROM stores WHERE root = ?"
                known = db.execute(sql, [to_sql(store.root)]).fetchone()
                if known is None:
                    return {}, 0
                listing, racy = read_signatures(db, known[0])
                return listing, known[1] if racy is None else min(known[1], racy)

        return self._file.use(read)

    def fingerprint(self, store: Store) -> bytes | None:
        """What `changes.fingerprint` says of a listing without anything new; None where it cannot be told."""
        row = self._file.use(lambda db: db.execute(_FINGERPRINT, _store_row(store)).fetchone())
        return row[0] if row else None

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
        paths = [to_sql(path) for path in gone]

        def write(db: sqlite3.Connection) -> int:
            with transaction(db, "BEGIN IMMEDIATE"):
                store_id = db.execute(_STORE, [*_store_row(store), scanned_at_ns]).fetchall()[0][0]
                if paths:
                    forget_documents(db, one, [(store_id, path) for path in paths])
                written = 0
                while chunk := list(islice(feed, _CHUNK)):
                    written += write_documents(db, store_id, store.root, chunk, scanned_at_ns)
                settle(db, store_id, scanned_at_ns)
                if written >= _BULK:
                    db.execute("INSERT INTO fulltext (fulltext) VALUES ('optimize')")
            return written

        return self._file.use(write)

    def drop(self, root: str) -> None:
        """Forget a store that is gone."""
        documents = "SELECT documents.id FROM documents JOIN stores ON stores.id = store WHERE root = ?"

        def write(db: sqlite3.Connection) -> None:
            with transaction(db, "BEGIN IMMEDIATE"):
                forget_documents(db, documents, [(to_sql(root),)])
                db.execute("DELETE FROM stores WHERE root = ?", [to_sql(root)])

        self._file.use(write)

    def purge(self) -> None:
        """Forget everything, with no byte of it left in any file; a sync brings back what there is."""

        def write(db: sqlite3.Connection) -> None:
            db.execute("PRAGMA secure_delete = ON")
            with transaction(db, "BEGIN IMMEDIATE"):
                for table in ("fulltext", "signatures", "documents", "stores"):
                    db.execute(f"DELETE FROM {table}")  # noqa: S608 - constants
                db.execute("INSERT INTO fulltext (fulltext) VALUES ('rebuild')")
            db.execute("VACUUM")
            db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

        self._file.use(write)
        self._file.drop_aside()

    def tidy(self) -> None:
        """Do a little of the merging that updates put off, and give memory back; for idle moments."""

        def write(db: sqlite3.Connection) -> None:
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
        return {from_sql(root): documents for root, documents in rows}

    def search(
        self, query: str, *, filters: Sequence[Filter] = (), now: datetime | None = None, limit: int = 10
    ) -> tuple[Hit, ...]:
        """The documents that fit a query best, best first; `query.read_query` says what a query may hold.

        All words must be in a document; where no document has them all, any word will do.

        Args:
            query: Any text.
            filters: What must be fulfilled beside the filters in the query.
            now: The present, by which the query's dates are understood.
            limit: How many at most.
        """
        wanted = read_query(query, now or datetime.now(UTC))

        def read(db: sqlite3.Connection) -> tuple[Hit, ...]:
            with transaction(db, "BEGIN"):
                return find(db, wanted, filters, limit)

        return self._file.use(read)

    def renew(self) -> None:
        """Start anew with an empty file, whatever the old one holds."""
        self._file.renew()

    def problems(self) -> tuple[str, ...]:
        """What SQLite finds wrong with the file and its full-text index, one sentence each."""
        return self._file.use(problems)

    def differences(self, other: "Index") -> dict[str, dict[str, tuple[str, ...]]]:
        """What another index says otherwise: by root of the store, by path, the names of what differs."""
        return self._file.use(lambda mine: other._file.use(lambda theirs: differences(mine, theirs)))  # noqa: SLF001


def _store_row(store: Store) -> list[str | bytes]:
    profile = store.profile
    return [to_sql(each) for each in (store.root, store.agent, store.scope, profile.name, profile.index_name)]
