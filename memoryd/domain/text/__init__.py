"""Text measures and phrases, independent of Markdown."""
