"""Pure values and algorithms, without clock, file access or environment."""
