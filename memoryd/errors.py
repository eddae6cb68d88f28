"""Errors that are reported in one sentence, without a traceback."""

from collections.abc import Iterable


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
    """An invalid configuration; the service does not restart after it (exit code 78).

    Attributes:
        others: The other errors of the same configuration.
    """

    def __init__(self, message: str, hint: str | None = None) -> None:
        super().__init__(message, hint)
        self.others: tuple[ConfigError, ...] = ()


def all_of(errors: Iterable[ConfigError]) -> ConfigError:
    """Return the first of some errors, which carries the others."""
    first, *rest = errors
    first.others = tuple(rest)
    return first


class ConflictError(MemorydError):
    """A file that changed after a plan was made; it was not written."""


class RefusedError(MemorydError):
    """A file of a kind that is never rewritten; it was not written."""


def contradiction(*names: str) -> MemorydError:
    """Return the error about options or arguments that contradict each other."""
    return MemorydError(f"{' and '.join(names)} cannot be used together", "leave one of them out")
