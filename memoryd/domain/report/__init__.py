"""Numbers and drawings of the report."""
