"""Queries that read some of the versions."""
