"""Copies of the history: backup, merge, repair."""
