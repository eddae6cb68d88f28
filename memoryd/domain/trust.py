"""Trusted repositories, and paths that others may not name."""

import json
from collections.abc import Iterable
from dataclasses import asdict

from memoryd.errors import MemorydError
from memoryd.values import dataclass

_VERSION = 1


@dataclass(frozen=True, slots=True)
class TrustedRepository:
    """A repository that may name directories outside of itself.

    Attributes:
        path: Real path of its top.
        device: Number of the device that it is on: another one mounted there is another repository.
    """

    path: str
    device: int


@dataclass(frozen=True, slots=True)
class Escape:
    """A path outside of a repository that the repository names; it is not followed.

    Attributes:
        path: Absolute path of what names it: a symbolic link or a settings file.
        target: What it names, as written.
        repository: Real path of the repository's top.
        source: Content of the settings file; empty for a link.
    """

    path: str
    target: str
    repository: str
    source: bytes = b""

    @property
    def message(self) -> str:
        """The problem, as the end of a sentence about the path."""
        names = "autoMemoryDirectory is" if self.source else "is a symbolic link to"
        return f"{names} {self.target}, outside of its repository, and is not followed"


@dataclass(frozen=True, slots=True)
class SkippedPath:
    """A file or directory that discovery could not use.

    Attributes:
        path: Its absolute path.
        reason: Why, as the end of a sentence about it.
    """

    path: str
    reason: str


def read_ledger(text: bytes) -> frozenset[TrustedRepository]:
    """Read the list of trusted repositories.

    Raises:
        MemorydError: If the text is not one.
    """
    try:
        value = json.loads(text)
        if value["version"] != _VERSION:
            raise MemorydError("it was written by another version of memoryd")
        return frozenset(_repository(each) for each in value["repositories"])
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise MemorydError("it is not a list of repositories") from error


def _repository(value: object) -> TrustedRepository:
    match value:
        case {"path": str(path), "device": int(device)} if path.startswith("/") and "\0" not in path:
            return TrustedRepository(path, device)
    raise ValueError


def ledger_text(trusted: Iterable[TrustedRepository]) -> bytes:
    """Return the list of trusted repositories as `read_ledger` reads it."""
    repositories = [asdict(each) for each in sorted(trusted, key=lambda each: (each.path, each.device))]
    return json.dumps({"version": _VERSION, "repositories": repositories}, indent=2).encode() + b"\n"
