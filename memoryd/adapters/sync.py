"""Settings and state of the exchange with other machines."""

import json
import os
import secrets
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, field, replace
from pathlib import Path
from typing import Any

from memoryd import private
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_SETTINGS, _STATE, _LOCK = "settings.json", "state.json", "lock"
_KEY, _PENDING = "key", "pending.json"
_KEY_BYTES = 32

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
        id: What tells this machine from others: 16 hexadecimal digits, chosen at random.
        since: When it began to exchange memory, in seconds since the epoch.
    """

    remote: str
    machine: str
    names: dict[str, str] = field(default_factory=dict)
    id: str = ""
    since: float = 0.0


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
        rewritten: How often the remote repository was rewritten, as far as this machine followed.
        renewed: The same for its own copy of the repository.
        is_pruned: Nothing else is left in the remote repository, or that cannot be pruned from here.
    """

    time: float = 0.0
    bases: Bases = field(default_factory=dict)
    head: str = ""
    writing: dict[str, dict[str, tuple[str, str]]] = field(default_factory=dict)
    commit: str = ""
    pushing: Bases = field(default_factory=dict)
    rewritten: int = 0
    renewed: int = 0
    is_pruned: bool = True


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


def identified(directory: Path) -> SyncSettings | None:
    """Return the settings with an id of this machine, which is chosen once; None before `memoryd sync init`.

    Raises:
        MemorydError: If they cannot be read or written.
    """
    settings = read_settings(directory)
    if settings and not settings.id:
        settings = replace(settings, id=secrets.token_hex(8), since=time.time())
        write_settings(directory, settings)
    return settings


def read_key(directory: Path) -> bytes | None:
    """Return the key that the machines share, or None.

    Raises:
        MemorydError: If it cannot be read.
    """
    try:
        return bytes.fromhex((directory / _KEY).read_text())
    except FileNotFoundError:
        return None
    except OSError as error:
        raise MemorydError(f"cannot read {directory / _KEY}: {error.strerror}", "make it readable") from error
    except ValueError as error:
        raise MemorydError(
            f"{directory / _KEY} is damaged", "give the key again: memoryd sync key"
        ) from error


def write_key(directory: Path, text: str) -> bytes:
    """Keep the key that the machines share; return it.

    Raises:
        MemorydError: If the text is not a key, or it cannot be written.
    """
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) != _KEY_BYTES:
        raise MemorydError("that is not a key", "`memoryd sync key` prints it on a machine that has it")
    try:
        private.write_file(directory / _KEY, key.hex().encode())
    except OSError as error:
        raise MemorydError(f"cannot write {directory}: {error.strerror}", "make it writable") from error
    return key


def make_key(directory: Path) -> bytes:
    """Choose a key at random, and keep it.

    Raises:
        MemorydError: If it cannot be written.
    """
    return write_key(directory, secrets.token_hex(_KEY_BYTES))


def read_pending(directory: Path) -> dict[str, bytes]:
    """Return files that the next exchange sends, by path in the repository.

    Raises:
        MemorydError: If they cannot be read.
    """
    found = _read(directory / _PENDING) or {}
    return {path: str(text).encode() for path, text in found.items()}


def write_pending(directory: Path, pending: Mapping[str, bytes]) -> None:
    """Keep files for the next exchange.

    Raises:
        MemorydError: If they cannot be written.
    """
    _write(directory / _PENDING, {path: content.decode() for path, content in pending.items()})


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
def alone(directory: Path, patience: float = 0.0) -> Iterator[None]:
    """Keep other processes from exchanging at the same time.

    Args:
        directory: Where settings and state are.
        patience: Seconds to wait for another process.

    Raises:
        MemorydError: If one does so now.
    """
    try:
        private.make_directory(directory)
        descriptor = private.open_file(directory / _LOCK, os.O_RDWR)
    except OSError as error:
        raise MemorydError(f"cannot write {directory}: {error.strerror}", "make it writable") from error
    try:
        if not private.lock(descriptor, patience):
            raise MemorydError("another memoryd exchanges memory now", "try again in a moment")
        yield
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
