"""The search index: contents of stores in SQLite, a cache."""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
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
"""
_ID = "SELECT id FROM stores WHERE root = ?"
_FINGERPRINTS = """
SELECT fingerprint, root, agent, scope, profile, index_file FROM stores
WHERE fingerprint IS NOT NULL AND root
"""
_CHUNK = 200  # documents in memory at a time, and parameters of one statement
# When merging the full-text index at once pays: number of new documents, and their part of all.
_BULK, _LARGE_PART = 100, 0.2


class Index:
    """The index at a path, opened or created; a context manager, for one thread at a time.

    Any call may find the file damaged, of another version, deleted or replaced. A fresh one then replaces it,
    and `healed` says so: all stores must be updated again.

    Raises:
        MemorydError: Even a fresh file cannot be created, or this one stays locked; all methods.
    """

    def __init__(self, path: Path) -> None:
        self._file = IndexFile(path)
        self._unmerged = 0  # documents that this process added

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database; closing twice is fine."""
        self._file.close()

    @property
    def healed(self) -> str | None:
        """Return what was last wrong with the file and what was done, one sentence; None if nothing."""
        return self._file.healed

    def listing(self, store: Store) -> tuple[Listing, int]:
        """Return the signatures by path when last read, and the time of that, for `listing.compare`.

        The time is in ns since the epoch, 0 if never; it is before every file whose signature was too new to
        trust.
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

    def fingerprints(self, stores: Iterable[Store]) -> dict[str, bytes]:
        """Return the `listing.fingerprint` of listings without changes, by root; without unknown ones."""
        rows = {to_sql(store.root): _store_row(store) for store in stores}

        def read(db: sqlite3.Connection) -> dict[str, bytes]:
            found = {}
            pending = iter(rows)
            while roots := list(islice(pending, _CHUNK)):
                wanted = ", ".join("?" * len(roots))
                for mark, *row in db.execute(f"{_FINGERPRINTS} IN ({wanted})", roots):
                    if row == rows[row[0]]:
                        found[from_sql(row[0])] = mark
            return found

        return self._file.use(read)

    def update(
        self,
        store: Store,
        documents: Iterable[tuple[Signature, Document]],
        gone: Iterable[str],
        *,
        scanned_at_ns: int,
    ) -> int:
        """Update documents of a store in one transaction; all others stay as they are.

        Args:
            store: The store.
            documents: Those read again; if the content is unchanged, only the signature is written.
            gone: Deleted paths.
            scanned_at_ns: When the signatures were taken, before reading; ns since the epoch.

        Returns:
            How many documents differ in content from what was indexed.
        """
        one = "SELECT id FROM documents WHERE store = ? AND path = ?"
        feed = iter(documents)
        paths = [to_sql(path) for path in gone]

        def write(db: sqlite3.Connection) -> int:
            with transaction(db, "BEGIN IMMEDIATE"):
                # `RETURNING` would need a savepoint, at which FTS5 writes what it has collected.
                db.execute(_STORE, [*_store_row(store), scanned_at_ns])
                (store_id,) = db.execute(_ID, [to_sql(store.root)]).fetchone()
                if paths:
                    forget_documents(db, one, [(store_id, path) for path in paths])
                written = 0
                while chunk := list(islice(feed, _CHUNK)):
                    written += write_documents(db, store_id, store.root, chunk, scanned_at_ns)
                settle(db, store_id, scanned_at_ns)
            return written

        written = self._file.use(write)
        self._unmerged += written
        return written

    @contextmanager
    def together(self) -> Iterator[None]:
        """Run updates in one transaction: full-text search then has fewer parts to ask and to merge."""
        self._file.use(lambda db: db.execute("BEGIN IMMEDIATE"))
        try:
            yield
        except BaseException:
            self._file.use(sqlite3.Connection.rollback)
            raise
        self._file.use(sqlite3.Connection.commit)  # does nothing if the file was replaced meanwhile

    def merge(self) -> None:
        """Merge the full-text index at once if this process added a large part of it.

        Without it, each query asks every part that an update left: half as much again, for years.
        """
        if self._unmerged < _BULK or self._unmerged < self._file.use(_last_document) * _LARGE_PART:
            return

        def write(db: sqlite3.Connection) -> None:
            with transaction(db, "BEGIN IMMEDIATE"):
                db.execute("INSERT INTO fulltext (fulltext) VALUES ('optimize')")

        self._file.use(write)
        self._unmerged = 0

    def drop(self, root: str) -> None:
        """Remove a deleted store."""
        documents = "SELECT documents.id FROM documents JOIN stores ON stores.id = store WHERE root = ?"

        def write(db: sqlite3.Connection) -> None:
            with transaction(db, "BEGIN IMMEDIATE"):
                forget_documents(db, documents, [(to_sql(root),)])
                db.execute("DELETE FROM stores WHERE root = ?", [to_sql(root)])

        self._file.use(write)

    def purge(self) -> None:
        """Remove everything, with no byte of it left in any file; an update adds it again."""

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
        """Do some of the merging that updates postponed, and free memory; in idle moments."""
        self.merge()

        def write(db: sqlite3.Connection) -> None:
            with transaction(db, "BEGIN IMMEDIATE"):
                db.execute("INSERT INTO fulltext (fulltext, rank) VALUES ('merge', 16)")
            db.execute("PRAGMA shrink_memory")

        self._file.use(write)

    def version(self) -> int:
        """Return a number that changes when another process writes."""
        return int(self._file.use(lambda db: db.execute("PRAGMA data_version").fetchone()[0]))

    def roots(self) -> tuple[str, ...]:
        """Return the roots of all known stores, sorted."""
        return tuple(self.counts())

    def counts(self) -> dict[str, int]:
        """Return the number of indexed documents by root, sorted."""
        count = "SELECT count(*) FROM documents WHERE store = stores.id"
        sql = f"SELECT root, ({count}) FROM stores ORDER BY root"  # noqa: S608 - a constant
        rows = self._file.use(lambda db: db.execute(sql).fetchall())
        return {from_sql(root): documents for root, documents in rows}

    def types(self) -> tuple[str, ...]:
        """Return the types of the indexed documents, sorted."""
        sql = "SELECT DISTINCT type FROM documents WHERE type != '' ORDER BY type"
        return tuple(kind for (kind,) in self._file.use(lambda db: db.execute(sql).fetchall()))

    def search(
        self,
        query: str,
        *,
        filters: Sequence[Filter] = (),
        now: datetime | None = None,
        limit: int = 10,
        roots: Collection[str] | None = None,
    ) -> tuple[Hit, ...]:
        """Return the documents that match a query, best first; see `query.read_query` for its syntax.

        All words must be in a document; if no document has them all, any word is enough.

        Args:
            query: Any text.
            filters: Conditions in addition to the filters in the query.
            now: The present, for the dates of the query.
            limit: Most documents to return.
            roots: Roots of the stores to search; None for all.
        """
        wanted = read_query(query, now or datetime.now(UTC))

        def read(db: sqlite3.Connection) -> tuple[Hit, ...]:
            with transaction(db, "BEGIN"):
                return find(db, wanted, filters, limit, roots)

        return self._file.use(read)

    def renew(self) -> None:
        """Start with an empty file, whatever the old one contains."""
        self._file.renew()

    def problems(self) -> tuple[str, ...]:
        """Return what SQLite finds wrong with the file and its full-text index, one sentence each."""
        return self._file.use(problems)

    def differences(self, other: "Index") -> dict[str, dict[str, tuple[str, ...]]]:
        """Return the names of what differs in another index, by root of the store and path."""
        return self._file.use(lambda mine: other._file.use(lambda theirs: differences(mine, theirs)))  # noqa: SLF001


def _last_document(db: sqlite3.Connection) -> int:
    """Return the last id of a document: about as many as there are, without counting them."""
    (last,) = db.execute("SELECT ifnull(max(id), 0) FROM documents").fetchone()
    return int(last)


def _store_row(store: Store) -> list[str | bytes]:
    profile = store.profile
    return [to_sql(each) for each in (store.root, store.agent, store.scope, profile.name, profile.index_name)]
