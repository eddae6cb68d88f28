"""Use cases: steps over two or more collaborators."""
