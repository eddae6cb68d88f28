"""An index, and what tests put in it and expect of it."""

import sqlite3

from memoryd.adapters.search.differences import problems
from memoryd.adapters.search.index import Hit, Index
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.stores.listing import RACY_NS, Signature
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.store import Scope, Store

NOW = 1_800_000_000_000_000_000


OLD = NOW - 10 * RACY_NS


STORE = Store(
    "/home/ann/.claude/agent-memory/reviewer", Scope.USER, "reviewer", "/home/ann/.claude", CLAUDE_AGENT
)


OTHER = Store("/src/app/.claude/agent-memory/tester", Scope.PROJECT, "tester", "/src/app", CLAUDE_AGENT)


TABLES = (("id", "documents"), ("rowid", "fulltext"), ("document", "signatures"))


def read(path: str, text: str | bytes, *, mtime_ns: int = OLD) -> tuple[Signature, Document]:
    raw = text if isinstance(text, bytes) else text.encode()
    return Signature(hash((path, raw)) % 10_000, len(raw), mtime_ns, mtime_ns), parse(path, raw)


def put(
    index: Index, texts: dict[str, str | bytes], store: Store = STORE, gone: tuple[str, ...] = ()
) -> None:
    index.update(store, (read(path, text) for path, text in texts.items()), gone, scanned_at_ns=NOW)


def paths(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.path for hit in hits]


def check_integrity(index: Index) -> None:
    """No ghost row, no missing row."""

    def check(db: sqlite3.Connection) -> None:
        db.execute("INSERT INTO fulltext (fulltext) VALUES ('integrity-check')")
        assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        ids = [db.execute(f"SELECT {column} FROM {table} ORDER BY 1").fetchall() for column, table in TABLES]  # noqa: S608
        assert ids[0] == ids[1] == ids[2]
        assert problems(db) == ()

    index._file.use(check)
