"""Use cases: an order of steps over two or more collaborators."""
