"""memoryd looks after what AI coding agents remember."""

__version__ = "0.1.0"
