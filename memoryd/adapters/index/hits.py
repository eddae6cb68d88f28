"""Finding documents in the index."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from memoryd.adapters.index.file import from_sql
from memoryd.domain.passage import Passage, best_passage, first_passage
from memoryd.domain.query import Field, Filter, Query
from memoryd.domain.ranking import Candidate, ranked
from memoryd.domain.segments import CLOSE, OPEN

# The best of all are looked at again, since how near to each other words stand is not in FTS5's rank.
_LOOKED_AT = 40

# Filters in a subquery of their own keep FTS5's own order by rank, which stops at the limit.
_SEARCH = "SELECT rowid, rank FROM fulltext WHERE fulltext MATCH :match{filters} ORDER BY rank LIMIT :limit"
_LISTED = """
SELECT documents.id, 0.0 FROM documents JOIN signatures ON signatures.document = documents.id
JOIN stores ON stores.id = documents.store
WHERE documents.id IN ({filters})
ORDER BY coalesce(recorded, date(mtime_ns / 1000000000, 'unixepoch')) DESC, root, path LIMIT :limit
"""
_FILTERED = """
SELECT documents.id FROM documents JOIN stores ON stores.id = documents.store
JOIN signatures ON signatures.document = documents.id WHERE {conditions}
"""
_CONDITIONS = {
    Field.AGENT: "folded(stores.agent) LIKE {} ESCAPE '!'",
    Field.SCOPE: "stores.scope LIKE {} ESCAPE '!'",
    Field.TYPE: "folded(documents.type) LIKE {} ESCAPE '!'",
    Field.PATH: "folded(stores.root || '/' || documents.path) LIKE {} ESCAPE '!'",
    Field.SINCE: "coalesce(recorded, date(mtime_ns / 1000000000, 'unixepoch')) >= {}",
    Field.BEFORE: "coalesce(recorded, date(mtime_ns / 1000000000, 'unixepoch')) < {}",
}
_DATES = {Field.SINCE, Field.BEFORE}
_WHAT = """
SELECT root, path, agent, scope, title, path = index_file FROM documents JOIN stores ON stores.id = store
WHERE documents.id = ?
"""
_MARKED = """
SELECT lines, highlight(fulltext, 0, :open, :close), highlight(fulltext, 1, :open, :close),
    highlight(fulltext, 2, :open, :close), highlight(fulltext, 3, :open, :close)
FROM fulltext WHERE fulltext MATCH :match AND rowid = :row
"""
_UNMARKED = "SELECT lines, name, description, headings, body FROM fulltext WHERE rowid = :row"


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


def find(db: sqlite3.Connection, query: Query, filters: Sequence[Filter], limit: int) -> tuple[Hit, ...]:
    """The best documents, best first; where the query has no words, what the filters let through, by date."""
    wanted, values = _filtered([*query.filters, *filters])
    values["limit"] = max(limit, _LOOKED_AT) if query.expressions else limit
    if limit <= 0 or not (query.expressions or wanted):
        return ()
    if not query.expressions:
        rows = db.execute(_LISTED.format(filters=wanted), values).fetchall()
        return tuple(_hit(db, row, 0.0, _passage(db, row, "")) for row, _ in rows)
    within = f" AND rowid IN ({wanted})" if wanted else ""
    for match in query.expressions:
        rows = db.execute(_SEARCH.format(filters=within), {**values, "match": match}).fetchall()
        candidates = [_candidate(db, match, row, -rank) for row, rank in rows[:_LOOKED_AT]]
        # Lines of an index file that name a topic are no answer while the topic may be one in other words.
        if match is query.expressions[-1] or not all(each.points for each in candidates):
            return _best(db, query, match, candidates, rows[_LOOKED_AT:])[:limit]
    return ()


def _best(
    db: sqlite3.Connection,
    query: Query,
    match: str,
    candidates: Sequence[Candidate],
    others: Sequence[tuple[int, float]],
) -> tuple[Hit, ...]:
    """Hits in the order in which a person wants them; the others stay behind, in their order."""
    first = ranked(candidates, query.literals)
    best = [_hit(db, each.row, score, each.passage) for score, each in first]
    scale = min(1.0, first[-1][0] / -others[0][1]) if others and others[0][1] else 1.0
    rest = (_hit(db, row, -rank * scale, _passage(db, row, match)) for row, rank in others)
    return (*best, *rest)


def _candidate(db: sqlite3.Connection, match: str, row: int, score: float) -> Candidate:
    root, path, *_, is_index = db.execute(_WHAT, [row]).fetchone()
    lines, *marked = db.execute(
        _MARKED, {"open": OPEN, "close": CLOSE, "match": match, "row": row}
    ).fetchone()
    passage = best_passage(marked, json.loads(lines))
    return Candidate(row, score, from_sql(root), from_sql(path), bool(is_index), tuple(marked), passage)


def _passage(db: sqlite3.Connection, row: int, match: str) -> Passage:
    if not match:
        lines, *texts = db.execute(_UNMARKED, {"row": row}).fetchone()
        return first_passage(texts, json.loads(lines))
    return _candidate(db, match, row, 0.0).passage


def _hit(db: sqlite3.Connection, row: int, score: float, passage: Passage) -> Hit:
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


def _filtered(filters: Sequence[Filter]) -> tuple[str, dict[str, str | int]]:
    """A statement that selects the ids of documents that pass, "" where all do, and its values."""
    values: dict[str, str | int] = {}
    conditions = []
    ordered = sorted(filters, key=lambda each: (each.field, each.without))
    for (field, without), group in groupby(ordered, key=lambda each: (each.field, each.without)):
        made = []
        for each in group:
            name = f"filter{len(values)}"
            values[name] = each.value if field in _DATES else _pattern(each)
            made.append(_CONDITIONS[field].format(f":{name}"))
        if without:
            conditions += [f"NOT ifnull({each}, 0)" for each in made]
        else:
            conditions.append(f"({(' AND ' if field in _DATES else ' OR ').join(made)})")
    return (_FILTERED.format(conditions=" AND ".join(conditions)) if conditions else ""), values


def _pattern(wanted: Filter) -> str:
    """For LIKE: the whole of a name, any part of a path."""
    escaped = wanted.value.replace("!", "!!").replace("%", "!%").replace("_", "!_").replace("*", "%")
    return f"%{escaped}%" if wanted.field is Field.PATH else escaped
