"""Staleness: memory that is out of date, with evidence."""
