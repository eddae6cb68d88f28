"""Stores on disk: reading and discovery."""
