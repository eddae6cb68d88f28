"""Versions found, restored and undone."""
