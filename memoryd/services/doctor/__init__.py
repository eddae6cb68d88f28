"""Preconditions of memoryd, looked at without changing anything."""
