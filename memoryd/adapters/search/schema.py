"""Tables of the index, and its views for people."""

from memoryd.domain.search.facts import KIND_BITS
from memoryd.domain.search.outline import HEADING, KINDS, NOTHING
from memoryd.domain.search.segments import EMOJI

# Increase this when the tables, the segmentation of text or the parser change: the index is then rebuilt.
SCHEMA = 6

# A document has one row in each of three tables. Its links, keys and entries are packed into the row, and
# the views unpack them on request.
_TABLES = """
CREATE TABLE stores (
    id INTEGER PRIMARY KEY,
    root TEXT NOT NULL UNIQUE, -- a BLOB where a name is not valid Unicode, here and below
    agent TEXT NOT NULL,
    scope TEXT NOT NULL,
    profile TEXT NOT NULL,
    index_file TEXT NOT NULL,
    scanned_at_ns INTEGER NOT NULL,
    fingerprint BLOB -- of its signatures; NULL where one of them may be trusted only after another look
);
CREATE TABLE documents (
    id INTEGER PRIMARY KEY,
    store INTEGER NOT NULL REFERENCES stores (id),
    path TEXT NOT NULL,
    type TEXT NOT NULL,
    name TEXT NOT NULL,
    title TEXT NOT NULL,
    description TEXT NOT NULL,
    recorded TEXT, -- the day in its front matter or name
    bytes INTEGER NOT NULL,
    lines INTEGER NOT NULL,
    front_matter_json TEXT NOT NULL,
    links_json TEXT NOT NULL,
    blocks_packed TEXT NOT NULL,
    UNIQUE (store, path)
);
CREATE TABLE signatures (
    document INTEGER PRIMARY KEY REFERENCES documents (id),
    digest BLOB NOT NULL,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    mtime_ns INTEGER NOT NULL,
    ctime_ns INTEGER NOT NULL,
    read_at_ns INTEGER NOT NULL,
    day TEXT NOT NULL -- the recorded one, or that of the last change
);
CREATE INDEX documents_by_type ON documents (type);
CREATE INDEX signatures_by_day ON signatures (day);
CREATE VIRTUAL TABLE fulltext USING fts5 (
    name, description, headings, body, lines UNINDEXED,
    tokenize = "unicode61 remove_diacritics 2 tokenchars 'EMOJI'"
);
INSERT INTO fulltext (fulltext, rank) VALUES
    ('rank', 'bm25(6.0, 4.0, 2.0, 1.0)'), ('hashsize', 4194304), ('automerge', 0), ('crisismerge', 64);
""".replace("EMOJI", EMOJI)

_KINDS = (1 << KIND_BITS) - 1
_KIND = " ".join(f"WHEN {number} THEN '{kind}'" for number, kind in enumerate(KINDS))
_START = f"(packed.value >> {KIND_BITS})"


def _text(packed: str) -> str:
    """Return the SQL for the text of a heading or entry as people read it: up to the next one."""
    start = f"({packed}.value >> {KIND_BITS})"
    following = f"json_extract(blocks_packed, '$[' || ({packed}.key + 1) || ']') >> {KIND_BITS}"
    whole = f"substr(fulltext.body, {start} + 1, ifnull({following}, length(fulltext.body)) - {start})"
    return f"replace(rtrim({whole}, char(32, 9, 10)), char(31), '')"


_ABOVE, _TEXT = _text("above"), _text("packed")
_FIRST = "json_extract(fulltext.lines, '$[3][0]')"
_BEFORE = f"substr(fulltext.body, 1, {_START})"
_DESTINATION = "json_extract(each.value, '$[2]')"
_TAIL = f"-length({_DESTINATION}) - 4"  # of a path: its last `/`, the name, and `.md`
_STEM = f"'/' || {_DESTINATION} || '.md'"


def _folded(expression: str) -> str:
    """Return the SQL for a name as wiki links compare it last."""
    return f"replace(replace(lower({expression}), '_', '-'), ' ', '-')"


def _named(one: str, other: str) -> str:
    """Return the SQL for the first document of the same store in which one expression equals another."""
    return (
        "(SELECT other.path FROM documents AS other"  # noqa: S608 - constants
        f" WHERE other.store = documents.store AND {one} = {other} ORDER BY other.path LIMIT 1)"
    )


_SLASHED = _folded("'/' || other.path")
_LINKED = _named("other.path", "json_extract(each.value, '$[3]')")
_WIKI = ", ".join(
    _named(one, other)
    for one, other in (
        ("other.name", _DESTINATION),
        (f"substr('/' || other.path, {_TAIL})", _STEM),
        (f"substr({_SLASHED}, {_TAIL})", _folded(_STEM)),
        (_folded("other.name"), _folded(_DESTINATION)),
        (_folded("other.title"), _folded(_DESTINATION)),
    )
)
_VIEWS = f"""
CREATE VIEW files AS
SELECT documents.id AS document, agent, scope, root AS store, root || '/' || path AS file, path, type, name,
    title, description, recorded, datetime(mtime_ns / 1000000000, 'unixepoch') AS changed, bytes, lines
FROM documents JOIN stores ON stores.id = store JOIN signatures ON signatures.document = documents.id;

CREATE VIEW entries AS
SELECT documents.id AS document,
    {_FIRST} + length({_BEFORE}) - length(replace({_BEFORE}, char(10), '')) AS line,
    CASE packed.value & {_KINDS} {_KIND} END AS kind,
    (SELECT ltrim(substr({_ABOVE}, 1, instr({_ABOVE} || char(10), char(10)) - 1), '# ')
        FROM json_each(blocks_packed) AS above
        WHERE above.value & {_KINDS} = {HEADING} AND above.value < packed.value
        ORDER BY above.value DESC LIMIT 1) AS heading,
    {_TEXT} AS text
FROM documents JOIN fulltext ON fulltext.rowid = documents.id, json_each(blocks_packed) AS packed
WHERE packed.value & {_KINDS} NOT IN ({HEADING}, {NOTHING});

CREATE VIEW links AS
SELECT documents.id AS document,
    json_extract(each.value, '$[0]') AS line,
    json_extract(each.value, '$[1]') AS kind,
    {_DESTINATION} AS destination,
    CASE json_extract(each.value, '$[1]') WHEN 'link' THEN {_LINKED} ELSE coalesce({_WIKI}) END AS leads_to
FROM documents, json_each(links_json) AS each;

CREATE VIEW front_matter AS
SELECT documents.id AS document, each.value ->> 0 AS key, each.value ->> 1 AS value
FROM documents, json_each(front_matter_json) AS each;
"""  # noqa: S608 - constants

STATEMENTS = _TABLES + _VIEWS
"""SQL that makes an empty database the index."""
