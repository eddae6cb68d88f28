"""Rows of the index, written and read."""

import hashlib
import json
import sqlite3
from collections.abc import Sequence
from functools import partial

from memoryd.adapters.search.file import to_sql
from memoryd.domain.markdown.document import Document
from memoryd.domain.search.facts import Facts, facts
from memoryd.domain.stores.listing import RACY_NS, Signature, fingerprint

Value = str | bytes | int | None

_DOCUMENT = """
INSERT INTO documents VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
ON CONFLICT (id) DO UPDATE
SET type = excluded.type, name = excluded.name, title = excluded.title, description = excluded.description,
    recorded = excluded.recorded, bytes = excluded.bytes, lines = excluded.lines,
    front_matter_json = excluded.front_matter_json, links_json = excluded.links_json,
    blocks_packed = excluded.blocks_packed
"""
_SIGNATURE = """
INSERT INTO signatures
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, coalesce(
    (SELECT recorded FROM documents WHERE id = ?1), date(?5 / 1000000000, 'unixepoch'), ''
))
ON CONFLICT (document) DO UPDATE
SET digest = excluded.digest, inode = excluded.inode, size = excluded.size, mtime_ns = excluded.mtime_ns,
    ctime_ns = excluded.ctime_ns, read_at_ns = excluded.read_at_ns, day = excluded.day
"""
_KNOWN = """
SELECT path, documents.id, digest FROM documents JOIN signatures ON document = documents.id WHERE store = ?
"""
_NEW_TEXT = "INSERT INTO fulltext (name, description, headings, body, lines, rowid) VALUES (?, ?, ?, ?, ?, ?)"
_TEXT = "UPDATE fulltext SET name = ?, description = ?, headings = ?, body = ?, lines = ? WHERE rowid = ?"
_OF_STORE = """
SELECT path, inode, size, mtime_ns, ctime_ns
FROM documents JOIN signatures ON signatures.document = documents.id WHERE store = ?
"""
_OLDEST_RACY = f"""
SELECT min(read_at_ns) FROM documents JOIN signatures ON signatures.document = documents.id
WHERE store = ? AND max(mtime_ns, ctime_ns) > read_at_ns - {RACY_NS}
"""  # noqa: S608 - a constant; as `listing.is_racy` has it
_signature = partial(tuple.__new__, Signature)  # in half the time of its own constructor
_json = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode  # made once
_INODES = 1 << 64
_LARGEST = (1 << 63) - 1


def write_documents(
    db: sqlite3.Connection,
    store: int,
    root: str,
    chunk: Sequence[tuple[Signature, Document]],
    read_at_ns: int,
) -> int:
    """Write documents of a store; return how many had new content. For others, write only the signature."""
    latest = {to_sql(document.path): (signature, document) for signature, document in chunk}
    marks = ", ".join("?" * len(latest))
    sql = f"{_KNOWN} AND path IN ({marks})"
    known = {path: (row, digest) for path, row, digest in db.execute(sql, [store, *latest])}
    free = db.execute("SELECT ifnull(max(id), 0) FROM documents").fetchone()[0]
    rows: list[tuple[Value, ...]] = []
    signatures: list[tuple[Value, ...]] = []
    new: list[tuple[Value, ...]] = []
    changed: list[tuple[Value, ...]] = []
    for path, (signature, document) in latest.items():
        row, before = known.get(path, (0, b""))
        digest = hashlib.blake2b(document.raw, digest_size=16).digest()
        if digest != before:
            texts = changed if row else new
            row = row or (free := free + 1)
            made = facts(document, root)
            rows.append((row, store, path, *_document(document, made)))
            texts.append((*_texts(made), row))
        signatures.append((row, digest, *_storable(signature), read_at_ns))
    for statement, values in (
        (_DOCUMENT, rows),
        (_SIGNATURE, signatures),
        (_NEW_TEXT, new),
        (_TEXT, changed),
    ):
        if values:
            db.executemany(statement, values)
    return len(new) + len(changed)


def forget_documents(db: sqlite3.Connection, which: str, values: Sequence[tuple[Value, ...]]) -> None:
    """Delete documents; `which` selects their ids."""
    for table, column in (("fulltext", "rowid"), ("signatures", "document"), ("documents", "id")):
        db.executemany(f"DELETE FROM {table} WHERE {column} IN ({which})", values)  # noqa: S608 - constants


def read_signatures(db: sqlite3.Connection, store: int) -> tuple[dict[str, Signature], int | None]:
    """Return the signatures of a store by path, and when the first one too new to trust was read."""
    return _signatures(db, store), _oldest_racy(db, store)


def settle(db: sqlite3.Connection, store: int, scanned_at_ns: int) -> None:
    """Save the fingerprint of a store's listing without changes, if it can be trusted."""
    mark = None
    if scanned_at_ns > RACY_NS and _oldest_racy(db, store) is None:
        mark = fingerprint(dict(sorted(_signatures(db, store).items())))
    db.execute("UPDATE stores SET fingerprint = ? WHERE id = ?", [mark, store])


def _signatures(db: sqlite3.Connection, store: int) -> dict[str, Signature]:
    return {
        path if isinstance(path, str) else path.decode(errors="surrogatepass"): _signature(
            (inode if inode >= 0 else inode + _INODES, *rest)
        )
        for path, inode, *rest in db.execute(_OF_STORE, [store])
    }


def _oldest_racy(db: sqlite3.Connection, store: int) -> int | None:
    (found,) = db.execute(_OLDEST_RACY, [store]).fetchone()
    return None if found is None else int(found)


def _document(document: Document, made: Facts) -> tuple[Value, ...]:
    return (
        made.type,
        made.name,
        made.title,
        made.description,
        made.recorded,
        len(document.raw),
        made.lines,
        _json(made.front_matter) if made.front_matter else "[]",
        _json(made.links) if made.links else "[]",
        str(made.blocks),
    )


def _texts(made: Facts) -> tuple[str, ...]:
    columns = made.columns
    return columns.name, columns.description, columns.headings, columns.body, str(list(columns.lines))


def _storable(signature: Signature) -> tuple[int, ...]:
    """Return signed 64-bit integers; a time after the year 2262 makes the file always look changed."""
    inode, *rest = signature
    return (inode - _INODES if inode > _LARGEST else inode, *(min(value, _LARGEST) for value in rest))
