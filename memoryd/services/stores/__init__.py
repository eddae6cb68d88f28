"""Stores: what surrounds them."""
