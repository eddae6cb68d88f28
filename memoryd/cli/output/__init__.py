"""Output of commands: the terminal, and what is shown of each noun."""
