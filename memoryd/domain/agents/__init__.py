"""Agents: definitions, and the stores that belong to them."""
