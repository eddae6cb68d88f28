"""Session records of Claude Code, and counts of uses."""
