"""Documents found in the index."""

import json
import sqlite3
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby, islice
from typing import Any

from memoryd.adapters.search.file import from_sql, to_sql
from memoryd.domain.search.query import Field, Filter, Query
from memoryd.domain.search.ranking import Candidate, ranked
from memoryd.domain.search.segments import CLOSE, OPEN
from memoryd.domain.search.snippet import Snippet, best_passage, first_passage
from memoryd.values import dataclass

# The best are ranked again, because FTS5's rank ignores how near to each other words are.
_LOOKED_AT = 40

# One statement does everything: to mark each document in its own statement would look up every word again.
# FTS5 sorts, and marks only fetched rows. The plus keeps it so with filters, for which FTS5 would otherwise
# read one document after another.
_TEXTS = """lines, highlight(fulltext, 0, :open, :close), highlight(fulltext, 1, :open, :close),
    highlight(fulltext, 2, :open, :close), highlight(fulltext, 3, :open, :close)
FROM fulltext WHERE fulltext MATCH :match"""
_SEARCH = f"SELECT rowid, rank, {_TEXTS}{{filters}} ORDER BY rank LIMIT :limit"
# But FTS5 ranks before it filters. Where filters leave a part, SQLite ranks and sorts that alone, and FTS5 is
# asked again to mark the best: two looks at the words take less time than the size of each other document.
_RANKED = """
SELECT rowid, rank + 0.0 AS score FROM fulltext WHERE fulltext MATCH :match AND +rowid IN ({filters})
ORDER BY score, rowid LIMIT :limit
"""
_MARKED = f"SELECT rowid, {_TEXTS} AND +rowid IN (SELECT value FROM json_each(:rows))"  # noqa: S608 - constants
_COUNTS = "SELECT (SELECT count(*) FROM ({filters})), (SELECT count(*) FROM documents)"
_PART = 0.5  # of all documents
_LISTED = """
SELECT documents.id, 0.0 FROM documents JOIN signatures ON signatures.document = documents.id
JOIN stores ON stores.id = documents.store
WHERE documents.id IN ({filters})
ORDER BY day DESC, root, path LIMIT :limit
"""
# Stores come first, which `CROSS` enforces: their conditions are then checked once, not for each document.
_OF_STORES = "SELECT documents.id FROM stores CROSS JOIN documents ON documents.store = stores.id"
_OF_TYPES = "SELECT id FROM documents"
_OF_DAYS = "SELECT document FROM signatures"
# There are few, and `folded` takes long; without the limit, SQLite would call it for each document.
_KNOWN_TYPES = "SELECT type FROM (SELECT DISTINCT type FROM documents LIMIT -1)"
_FILTERED = {
    Field.AGENT: (_OF_STORES, "folded(stores.agent) LIKE {} ESCAPE '!'"),
    Field.SCOPE: (_OF_STORES, "stores.scope LIKE {} ESCAPE '!'"),
    Field.TYPE: (_OF_TYPES, f"type IN ({_KNOWN_TYPES} WHERE folded(type) LIKE {{}} ESCAPE '!')"),
    Field.PATH: (_OF_STORES, "folded(stores.root || '/' || documents.path) LIKE {} ESCAPE '!'"),
    Field.SINCE: (_OF_DAYS, "day >= {}"),
    Field.BEFORE: (_OF_DAYS, "day < {}"),
}
"""For each field the documents among which it selects, and the condition."""
_DATES = {Field.SINCE, Field.BEFORE}
_WHAT = """
SELECT root, path, agent, scope, title, path = index_file FROM documents JOIN stores ON stores.id = store
WHERE documents.id = ?
"""
_UNMARKED = "SELECT lines, name, description, headings, body FROM fulltext WHERE rowid = ?"

_Row = tuple[Any, ...]  # of `_SEARCH`
_Values = dict[str, str | bytes | int]


@dataclass(frozen=True, slots=True)
class Hit:
    """A document found.

    Attributes:
        root: Root of the store.
        path: Relative to `root`.
        line: Line of the snippet in the file, from 1.
        title: Name in the front matter, first heading, or stem.
        snippet: The best line, shortened; plain text.
        matches: Start and end of each match in `snippet`, in code points from 0.
        score: Higher is better; comparable within one search.
        agent: Agent of the store.
        scope: Scope of the store.
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
        """Return the snippet with a text before and after each match."""
        parts, end = [], 0
        for start, stop in self.matches:
            parts += [self.snippet[end:start], before, self.snippet[start:stop], after]
            end = stop
        return "".join([*parts, self.snippet[end:]])


def find(
    db: sqlite3.Connection,
    query: Query,
    filters: Sequence[Filter],
    limit: int,
    roots: Collection[str] | None = None,
) -> tuple[Hit, ...]:
    """Return the best documents, best first; for a query without words, all that pass its filters."""
    wanted, values = _filtered([*query.filters, *filters], roots)
    values["limit"] = max(limit, _LOOKED_AT) if query.expressions else limit
    if limit <= 0 or not (query.expressions or wanted):
        return ()
    if not query.expressions:
        rows = db.execute(_LISTED.format(filters=wanted), values).fetchall()
        return tuple(_hit(db, row, 0.0, _beginning(db, row)) for row, _ in rows)
    values |= {"open": OPEN, "close": CLOSE}
    is_part = bool(wanted) and _is_part(db, wanted, values)
    for match in query.expressions:
        values["match"] = match
        found = (_found_among if is_part else _found)(db, wanted, values)
        candidates = [_candidate(db, row) for row in islice(found, _LOOKED_AT)]
        # An index line that names a topic is not a hit while the topic may match in other words.
        if match is query.expressions[-1] or not all(each.points for each in candidates):
            return _best(db, query, candidates, found)[:limit]
    return ()


def _is_part(db: sqlite3.Connection, wanted: str, values: _Values) -> bool:
    """Return whether filters leave so little that it pays to filter before ranking."""
    left, documents = db.execute(_COUNTS.format(filters=wanted), values).fetchone()
    return bool(left < documents * _PART)


def _found(db: sqlite3.Connection, wanted: str, values: _Values) -> Iterator[_Row]:
    """Return the best rows, best first, from FTS5's rank of all documents."""
    return db.execute(_SEARCH.format(filters=f" AND +rowid IN ({wanted})" if wanted else ""), values)


def _found_among(db: sqlite3.Connection, wanted: str, values: _Values) -> Iterator[_Row]:
    """Yield the same rows from a rank of those documents alone that pass the filters."""
    ranks = dict(db.execute(_RANKED.format(filters=wanted), values).fetchall())
    if ranks:
        marked = db.execute(_MARKED, {**values, "rows": json.dumps(list(ranks))})
        texts = {row: rest for row, *rest in marked}
        yield from ((row, rank, *texts[row]) for row, rank in ranks.items())


def _best(
    db: sqlite3.Connection, query: Query, candidates: Sequence[Candidate], others: Iterable[_Row]
) -> tuple[Hit, ...]:
    """Return hits in the best order for a person; the others follow in their order."""
    first = ranked(candidates, query.literals)
    hits = [_hit(db, each.row, score, each.passage) for score, each in first]
    scale = 0.0
    for row, rank, lines, *marked in others:
        scale = scale or (min(1.0, first[-1][0] / -rank) if rank else 1.0)
        hits.append(_hit(db, row, -rank * scale, best_passage(marked, json.loads(lines))))
    return tuple(hits)


def _candidate(db: sqlite3.Connection, found: _Row) -> Candidate:
    row, rank, lines, *marked = found
    root, path, *_, is_index = db.execute(_WHAT, [row]).fetchone()
    passage = best_passage(marked, json.loads(lines))
    return Candidate(row, -rank, from_sql(root), from_sql(path), bool(is_index), tuple(marked), passage)


def _beginning(db: sqlite3.Connection, row: int) -> Snippet:
    lines, *texts = db.execute(_UNMARKED, [row]).fetchone()
    return first_passage(texts, json.loads(lines))


def _hit(db: sqlite3.Connection, row: int, score: float, passage: Snippet) -> Hit:
    root, path, agent, scope, title, _ = db.execute(_WHAT, [row]).fetchone()
    return Hit(
        from_sql(root),
        from_sql(path),
        passage.line,
        title,
        passage.text,
        passage.matches,
        score,
        from_sql(agent),
        from_sql(scope),
    )


def _filtered(filters: Sequence[Filter], roots: Collection[str] | None) -> tuple[str, _Values]:
    """Return a statement that selects the ids of documents that pass, "" for all, and its values."""
    values: _Values = {}
    conditions: dict[str, list[str]] = {}  # by what they select from
    if roots is not None:
        values = {f"root{number}": to_sql(root) for number, root in enumerate(roots)}
        conditions[_OF_STORES] = [f"stores.root IN ({', '.join(f':{name}' for name in values)})"]
    ordered = sorted(filters, key=lambda each: (each.field, each.without))
    for (field, without), group in groupby(ordered, key=lambda each: (each.field, each.without)):
        source, condition = _FILTERED[field]
        made = []
        for each in group:
            name = f"filter{len(values)}"
            values[name] = each.value if field in _DATES else _pattern(each)
            made.append(condition.format(f":{name}"))
        demanded = conditions.setdefault(source, [])
        if without:
            demanded += [f"NOT ifnull({each}, 0)" for each in made]
        else:
            demanded.append(f"({(' AND ' if field in _DATES else ' OR ').join(made)})")
    parts = (f"{source} WHERE {' AND '.join(each)}" for source, each in conditions.items())
    return " INTERSECT ".join(parts), values


def _pattern(wanted: Filter) -> str:
    """Return a pattern for LIKE: a whole name, or any part of a path."""
    escaped = wanted.value.replace("!", "!!").replace("%", "!%").replace("_", "!_").replace("*", "%")
    return f"%{escaped}%" if wanted.field is Field.PATH else escaped
