"""The background service: watch, sync, and keep index files under their limit."""
