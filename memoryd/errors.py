"""Errors that are reported in one sentence, without a traceback."""


class MemorydError(Exception):
    """An error that the user can correct: exit code 2.

    Args:
        message: What is wrong and where, one sentence without a final full stop.
        hint: What to do about it, or None if the message already says it.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


class ConfigError(MemorydError):
    """An invalid configuration; the service does not restart after it (exit code 78)."""


class ConflictError(MemorydError):
    """A file that changed after a plan was made; it was not written."""


class RefusedError(MemorydError):
    """A file of a kind that is never rewritten; it was not written."""
