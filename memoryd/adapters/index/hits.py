"""Finding documents in the index."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlite_utils import Database

from memoryd.adapters.index.file import from_blob
from memoryd.domain.query import CLOSE, OPEN, best_passage, clean, expressions, unmarked

# CROSS JOIN: the full-text table first, whatever the planner makes of the filters.
_SEARCH = """
SELECT fulltext.rowid, fulltext.rank, stores.root, documents.path, stores.agent, stores.scope
FROM fulltext
CROSS JOIN documents ON documents.id = fulltext.rowid
CROSS JOIN stores ON stores.id = documents.store
WHERE fulltext MATCH :match
    AND (:agent IS NULL OR stores.agent = :agent)
    AND (:scope IS NULL OR stores.scope = :scope)
    AND (:type IS NULL OR documents.type = :type)
ORDER BY fulltext.rank, stores.root, documents.path
LIMIT :limit
"""
_SHOWN = """
SELECT lines, highlight(fulltext, 0, :open, :close), highlight(fulltext, 1, :open, :close),
    highlight(fulltext, 2, :open, :close), highlight(fulltext, 3, :open, :close)
FROM fulltext WHERE fulltext MATCH :match AND rowid = :row
"""


@dataclass(frozen=True, slots=True)
class Hit:
    """One document found.

    Attributes:
        root: Of the store.
        path: Relative to `root`.
        line: Of the snippet in the file, from 1.
        title: Name in the front matter, first heading, or stem.
        snippet: The line that fits best, shortened; plain text.
        matches: Start and end of each match in `snippet`, in code points from 0.
        score: Higher is better; comparable within one search.
        agent: Of the store.
        scope: Of the store.
    """

    root: str
    path: str
    line: int
    title: str
    snippet: str
    matches: tuple[tuple[int, int], ...]
    score: float
    agent: str
    scope: str

    def marked(self, before: str, after: str) -> str:
        """The snippet with something before and after each match."""
        parts, end = [], 0
        for start, stop in self.matches:
            parts += [self.snippet[end:start], before, self.snippet[start:stop], after]
            end = stop
        return "".join([*parts, self.snippet[end:]])


def find(db: Database, query: str, values: Mapping[str, bytes | int | None]) -> tuple[Hit, ...]:
    """The best documents, best first; `values` are `agent`, `scope`, `type` (None: any) and `limit`."""
    for match in expressions(query):
        rows = db.execute(_SEARCH, {**values, "match": match}).fetchall()
        if rows:
            return tuple(_hit(row, _shown(db, match, row[0])) for row in rows)
    return ()


def _shown(db: Database, match: str, row: int) -> list[str]:
    """Line numbers and marked columns; asked for rows that are shown, not for all that are sorted."""
    values = {"open": OPEN, "close": CLOSE, "match": match, "row": row}
    return list(db.execute(_SHOWN, values).fetchone())


def _hit(row: tuple[int, float, bytes, bytes, bytes, bytes], shown: list[str]) -> Hit:
    root, path, agent, scope = map(from_blob, row[2:])
    lines, *marked = shown
    passage = best_passage(marked, json.loads(lines))
    heading = marked[2].partition("\n")[0]
    stem = path.rpartition("/")[2].removesuffix(".md")
    title = unmarked(marked[0])[0] or unmarked(heading)[0] or clean(stem)
    return Hit(root, path, passage.line, title, passage.text, passage.matches, -row[1], agent, scope)
