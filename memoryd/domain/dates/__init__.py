"""Dates: written, relative, and typed by a person."""
