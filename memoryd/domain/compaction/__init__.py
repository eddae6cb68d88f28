"""Compaction of an index file without losing a line."""
