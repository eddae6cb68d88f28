"""Merges of memory files for git."""
