"""Duplicates: notes and files that repeat or contradict each other."""
