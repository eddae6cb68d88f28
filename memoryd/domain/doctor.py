"""What has to hold so that memoryd can do its work, and what to do where it does not."""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """Whether a precondition holds."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Precondition:
    """One of them, looked at.

    Attributes:
        name: What it is about; for machines, too, and so never changed.
        state: Whether it holds; a warning is for what works, but less well than it could.
        message: What was found, one sentence without a full stop.
        remedy: What to do about it; None where there is nothing to do.
    """

    name: str
    state: State
    message: str
    remedy: str | None = None


def good(name: str, message: str) -> Precondition:
    """One that holds."""
    return Precondition(name, State.OK, message)


def weak(name: str, message: str, remedy: str | None) -> Precondition:
    """One that holds less well than it could."""
    return Precondition(name, State.WARNING, message, remedy)


def bad(name: str, message: str, remedy: str | None) -> Precondition:
    """One that does not hold."""
    return Precondition(name, State.ERROR, message, remedy)
