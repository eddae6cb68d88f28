"""Removal of entries and files, with whatever points at them."""
