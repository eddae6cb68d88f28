"""Git: what it knows of memory files, and the marks that merges leave."""
