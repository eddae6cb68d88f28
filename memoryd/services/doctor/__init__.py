"""Preconditions of memoryd, checked without changing anything."""
