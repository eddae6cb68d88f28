"""Trust in repositories, granted and withdrawn."""

import os
from pathlib import Path

from memoryd import beneath
from memoryd.adapters.stores.discovery import Places
from memoryd.adapters.trust import change_trusted
from memoryd.domain.trust import TrustedRepository
from memoryd.errors import MemorydError


def trust(ledger: Path, named: Path, places: Places) -> TrustedRepository:
    """Let a repository name directories outside itself.

    Args:
        ledger: The file of trusted repositories.
        named: The repository, or a directory in it; outside git, the directory that contains `.claude`.
        places: The user's own directories.

    Raises:
        MemorydError: If the directory does not exist, or contains the home directory.
    """
    top = repository_at(named, places)
    try:
        device = os.stat(top, follow_symlinks=False).st_dev
    except OSError as error:
        raise MemorydError(f"{named} cannot be trusted: {error.strerror}") from error
    made = TrustedRepository(top, device)
    change_trusted(ledger, lambda before: frozenset({*(each for each in before if each.path != top), made}))
    return made


def untrust(ledger: Path, named: Path, places: Places) -> str:
    """Withdraw trust, also from a deleted repository; return its path.

    Raises:
        MemorydError: If it is not trusted.
    """
    candidates = {os.path.realpath(named)}
    if os.path.isdir(named):
        candidates.add(repository_at(named, places))
    found: list[str] = []

    def without(before: frozenset[TrustedRepository]) -> frozenset[TrustedRepository]:
        found.extend({each.path for each in before if each.path in candidates})
        if not found:
            raise MemorydError(f"{named} is not trusted", "memoryd trust --list")
        return frozenset(each for each in before if each.path not in candidates)

    change_trusted(ledger, without)
    return found[0]


def repository_at(named: Path, places: Places) -> str:
    """Return the real path of the repository around a directory; outside git, the directory's own.

    Raises:
        MemorydError: If it is not a directory, or contains the home directory.
    """
    try:
        start = beneath.resolve(str(named))
    except (OSError, ValueError) as error:
        raise MemorydError(f"{named} cannot be trusted: {error}") from error
    if not os.path.isdir(start):
        raise MemorydError(f"{named} is not a directory", "name the directory of a repository")
    top = str(places.repository(Path(start)))
    if places.is_around_home(Path(top)):
        raise MemorydError(
            f"{top} contains your home directory", "trust the repositories in it one at a time"
        )
    return top
