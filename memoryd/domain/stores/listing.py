"""What changed between two listings of a store."""

import hashlib
from array import array
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple


class Signature(NamedTuple):
    """What `stat` says of a file; two equal ones mean the same content, save within `RACY_NS` of a scan."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


# A file changed this shortly before a scan may change again without a new signature.
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
        known_at_ns: When `known` was read, nanoseconds since the epoch: files changed within
            `RACY_NS` before it count as changed.
    """
    stale = (
        path
        for path, signature in found.items()
        if known.get(path) != signature or is_racy(signature, known_at_ns)
    )
    return Changes(tuple(sorted(stale)), tuple(sorted(known.keys() - found.keys())))


def is_racy(signature: Signature, read_at_ns: int) -> bool:
    """Whether a file read then may have changed since without a sign of it.

    The time of modification can be set; that of any change cannot, but it moves in ticks.
    """
    return max(signature.mtime_ns, signature.ctime_ns) > read_at_ns - RACY_NS


def fingerprint(listing: Listing) -> bytes:
    """A few bytes that tell a listing, sorted by path, from any other; for this machine alone."""
    try:
        numbers = array("q", chain.from_iterable(listing.values())).tobytes()
    except OverflowError:  # an inode beyond 2 ** 63, a time beyond 2262
        numbers = repr(list(listing.values())).encode()
    names = "\0".join(listing).encode(errors="surrogatepass")
    return hashlib.blake2b(names + b"\0" + numbers, digest_size=16).digest()
