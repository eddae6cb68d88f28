"""Search index in SQLite with FTS5, a cache."""
