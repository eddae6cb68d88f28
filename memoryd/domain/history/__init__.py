"""History: versions, operations, retention."""
