"""Search: facts for the index, queries, ranking."""
