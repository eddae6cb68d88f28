"""Reads and costs of memory, from session records."""
