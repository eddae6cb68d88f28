"""Status: stores as they are now."""
