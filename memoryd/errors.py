"""Errors that end a command with one sentence instead of a traceback."""


class MemorydError(Exception):
    """Something the person can mend: exit code 2.

    Args:
        message: What is wrong and where, one sentence without a final full stop.
        hint: What to do about it, or None where the message says it already.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(MemorydError):
    """The configuration cannot be used; the service does not restart on it (exit code 78)."""


class ConflictError(MemorydError):
    """A file is no longer what a plan was made for; nothing of that file was changed."""


class RefusedError(MemorydError):
    """A file is of a kind that is never rewritten; nothing was changed."""
