"""Markdown: text to documents, and positions in them."""
