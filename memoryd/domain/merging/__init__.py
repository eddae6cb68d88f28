"""Three-way merge of memory files by entry."""
