"""The search index: SQLite with FTS5. A cache: deleting it loses nothing."""
