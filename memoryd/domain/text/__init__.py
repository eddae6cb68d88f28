"""Text measures and phrases that know nothing of Markdown."""
