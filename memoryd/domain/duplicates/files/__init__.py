"""Topic files that repeat each other."""
