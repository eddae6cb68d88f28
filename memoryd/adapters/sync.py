"""Settings and state of the exchange with other machines."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, field
from pathlib import Path
from typing import Any

from memoryd import private
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_SETTINGS, _STATE, _LOCK = "settings.json", "state.json", "lock"

Ids = dict[str, str]
"""Ids of contents by the path of a file in its store."""
Bases = dict[str, Ids]
"""Ids of what this machine and the others had in common, by root of the store."""


@dataclass(frozen=True, slots=True)
class SyncSettings:
    """Choices of a person.

    Attributes:
        remote: Address of the repository between the machines.
        machine: Name of this machine.
        names: Names of projects by their directory, for those without a remote address or a commit.
    """

    remote: str
    machine: str
    names: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class SyncState:
    """State that the last exchange left.

    Attributes:
        time: Its time, in seconds since the epoch.
        bases: What both sides had in common.
        head: The last commit that both sides had, or "".
        writing: By root and path, ids of what is being written, and of what is in common then; "" for none.
        commit: The commit that is being pushed, or "".
        pushing: What is in common once it is pushed.
    """

    time: float = 0.0
    bases: Bases = field(default_factory=dict)
    head: str = ""
    writing: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    commit: str = ""
    pushing: Bases = field(default_factory=dict)


def read_settings(directory: Path) -> SyncSettings | None:
    """Return the settings; None before `memoryd sync init`.

    Raises:
        MemorydError: If they cannot be read.
    """
    found = _read(directory / _SETTINGS)
    try:
        return SyncSettings(**found) if found is not None else None
    except TypeError as error:
        raise _damaged(directory / _SETTINGS) from error


def write_settings(directory: Path, settings: SyncSettings) -> None:
    """Write the settings.

    Raises:
        MemorydError: If that is impossible.
    """
    _write(directory / _SETTINGS, asdict(settings))


def read_state(directory: Path) -> SyncState:
    """Return the state; an empty one before the first exchange, and where it cannot be understood.

    Without it nothing is lost: both versions of a file count as new.
    """
    try:
        found = _read(directory / _STATE)
        return SyncState(**found) if found else SyncState()
    except (MemorydError, TypeError):
        return SyncState()


def write_state(directory: Path, state: SyncState) -> None:
    """Write the state.

    Raises:
        MemorydError: If that is impossible.
    """
    _write(directory / _STATE, asdict(state))


@contextmanager
def alone(directory: Path) -> Iterator[None]:
    """Keep other processes from exchanging at the same time.

    Raises:
        MemorydError: If one does so now.
    """
    try:
        private.make_directory(directory)
        descriptor = private.open_file(directory / _LOCK, os.O_RDWR)
    except OSError as error:
        raise MemorydError(f"cannot write {directory}: {error.strerror}", "make it writable") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise MemorydError("another memoryd exchanges memory now", "try again in a moment") from error
    finally:
        os.close(descriptor)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MemorydError(f"cannot read {path}: {error.strerror}", "make it readable") from error
    except ValueError as error:
        raise _damaged(path) from error
    if not isinstance(found, dict):
        raise _damaged(path)
    return found


def _damaged(path: Path) -> MemorydError:
    return MemorydError(f"{path} is damaged", "run `memoryd sync init` again")


def _write(path: Path, value: dict[str, object]) -> None:
    try:
        private.write_file(path, json.dumps(value, sort_keys=True).encode())
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}", "make its directory writable") from error
