"""Output of commands, by noun."""
