"""Search index kept equal to the disk."""
