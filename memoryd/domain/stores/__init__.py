"""Stores: memory directories, their harness profiles and their content at one moment."""
