"""Agents: definitions, and their stores."""
