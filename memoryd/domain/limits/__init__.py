"""Limits: what a harness loads, and the room left."""
