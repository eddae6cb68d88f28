"""Compaction: an index file brought under its limit without losing a line."""
