"""Use cases of Claude Code's hooks."""
