"""What changed between two listings of a store."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple


class Signature(NamedTuple):
    """What `stat` says of a file; two equal ones mean the same content, save within `RACY_NS` of a scan."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


# A file modified this shortly before a scan may change again without a new signature.
RACY_NS = 2_000_000_000

Listing = Mapping[str, Signature]


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths relative to the store, sorted: those to read again, and those that are gone."""

    stale: tuple[str, ...]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.stale or self.gone)


def compare(known: Listing, found: Listing, known_at_ns: int) -> Changes:
    """Compare what was indexed with what is on disk.

    Args:
        known: Signatures when the files were last read.
        found: Signatures now.
        known_at_ns: When `known` was read, nanoseconds since the epoch: files modified within
            `RACY_NS` before it count as changed.
    """
    stale = (
        path
        for path, signature in found.items()
        if known.get(path) != signature or signature.mtime_ns > known_at_ns - RACY_NS
    )
    return Changes(tuple(sorted(stale)), tuple(sorted(known.keys() - found.keys())))
