"""Limits: what a harness loads, and the room that is left."""
