"""Stores and their surroundings."""
