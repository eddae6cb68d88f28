"""Duplicates: notes and files that say the same or contradict each other."""
