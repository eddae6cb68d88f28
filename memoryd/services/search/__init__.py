"""Updates and verification of the search index."""
