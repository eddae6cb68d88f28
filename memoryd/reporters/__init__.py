"""Diagnostics to text, one module a format."""
