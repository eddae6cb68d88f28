"""Preconditions of memoryd, and remedies."""

from enum import StrEnum

from memoryd.values import dataclass


class State(StrEnum):
    """States of a precondition."""

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Precondition:
    """A precondition with its state.

    Attributes:
        name: Its subject; an interface for programs, so it never changes.
        state: Its state; a warning means that memoryd works, but not as well as it could.
        message: The finding, one sentence without a full stop.
        remedy: The remedy; None if nothing needs to be done.
    """

    name: str
    state: State
    message: str
    remedy: str | None = None


def good(name: str, message: str) -> Precondition:
    """Return a precondition that holds."""
    return Precondition(name, State.OK, message)


def weak(name: str, message: str, remedy: str | None) -> Precondition:
    """Return a precondition that holds only in part."""
    return Precondition(name, State.WARNING, message, remedy)


def bad(name: str, message: str, remedy: str | None) -> Precondition:
    """Return a precondition that does not hold."""
    return Precondition(name, State.ERROR, message, remedy)
