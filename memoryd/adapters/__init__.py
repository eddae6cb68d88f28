"""Each module wraps exactly one thing outside the process."""
