"""Links: what they mean, what leads where, and how they are rewritten."""
