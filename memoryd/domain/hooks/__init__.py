"""Events and answers of the hooks of Claude Code."""
