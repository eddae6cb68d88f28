"""Forgetting planned, purged and proved."""
