"""Secrets, hidden text and foreign instructions in memory."""
