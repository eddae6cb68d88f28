"""Search for every mention of a text, in every spelling."""
