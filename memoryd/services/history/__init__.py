"""History: versions looked up, restored, undone."""
