"""Git: evidence about memory files, and conflict markers."""
