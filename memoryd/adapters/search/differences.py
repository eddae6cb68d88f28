"""Integrity of the index, and differences of two indexes."""

import sqlite3
from collections.abc import Sequence

from memoryd.adapters.search.file import from_sql, transaction

# Everything known of a document, without row numbers and times of reading.
_STORES = "SELECT root, agent, scope, profile, index_file FROM stores"
_DOCUMENTS = """
SELECT path, type, documents.name, title, documents.description, recorded, bytes, documents.lines,
    front_matter_json, links_json, blocks_packed, digest, inode, size, mtime_ns, ctime_ns,
    fulltext.name, fulltext.description, fulltext.headings, fulltext.body, fulltext.lines
FROM documents JOIN stores ON stores.id = store
LEFT JOIN signatures ON document = documents.id LEFT JOIN fulltext ON fulltext.rowid = documents.id
WHERE root = ?
"""
_NAMES = (
    *("type", "name", "title", "description", "recorded date", "size", "number of lines", "front matter"),
    *("links", "entries", "content", *["signature"] * 4),
    *("searched name", "searched description", "searched headings", "searched text", "line numbers"),
)
MISSING, GONE = "not indexed", "indexed and not there"
_GHOSTS = """
SELECT 'fulltext', count(*) FROM fulltext WHERE rowid NOT IN (SELECT id FROM documents)
UNION ALL SELECT 'signatures', count(*) FROM signatures WHERE document NOT IN (SELECT id FROM documents)
UNION ALL SELECT 'documents', count(*) FROM documents WHERE store NOT IN (SELECT id FROM stores)
"""


def problems(db: sqlite3.Connection) -> tuple[str, ...]:
    """Return what is wrong with the file, its full-text index and its rows; one sentence each."""
    with transaction(db, "BEGIN IMMEDIATE"):
        found = [str(row[0]) for row in db.execute("PRAGMA integrity_check(20)") if row[0] != "ok"]
        try:
            db.execute("INSERT INTO fulltext (fulltext, rank) VALUES ('integrity-check', 1)")
        except sqlite3.DatabaseError as error:
            found.append(f"the full-text index does not match its content: {error}")
        ghosts = db.execute(_GHOSTS).fetchall()
    return (*found, *(f"{count} rows in {table} belong to nothing" for table, count in ghosts if count))


def differences(
    mine: sqlite3.Connection, theirs: sqlite3.Connection
) -> dict[str, dict[str, tuple[str, ...]]]:
    """Return the names of what differs, by root of the store and path ("" for the store itself), sorted."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    stores, others = ({root: row for root, *row in db.execute(_STORES)} for db in (mine, theirs))
    for root in sorted(stores.keys() | others.keys(), key=from_sql):
        one, two = ({path: row for path, *row in db.execute(_DOCUMENTS, [root])} for db in (mine, theirs))
        named = {
            from_sql(path): _named(one.get(path), two.get(path), _NAMES)
            for path in sorted(one.keys() | two.keys(), key=from_sql)
        }
        named[""] = _named(stores.get(root), others.get(root), ("agent", "scope", "profile", "index file"))
        found[from_sql(root)] = {path: names for path, names in named.items() if names}
    return {root: named for root, named in found.items() if named}


def _named(one: list[object] | None, two: list[object] | None, names: Sequence[str]) -> tuple[str, ...]:
    if one is None:
        return (MISSING,)
    if two is None:
        return (GONE,)
    return tuple(
        dict.fromkeys(name for name, this, that in zip(names, one, two, strict=True) if this != that)
    )
