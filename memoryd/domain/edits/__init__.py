"""Edits: changes as values, combined and merged."""
