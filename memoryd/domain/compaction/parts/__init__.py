"""Parts of an index file, and the words in them."""
