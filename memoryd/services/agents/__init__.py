"""Agents and their stores on disk."""
