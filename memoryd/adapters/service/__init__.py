"""Service managers of this platform."""
