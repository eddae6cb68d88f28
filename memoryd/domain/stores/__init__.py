"""Stores: memory directories, harness profiles, and snapshots."""
