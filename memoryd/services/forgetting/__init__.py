"""Removal of a text from stores, history and index."""
