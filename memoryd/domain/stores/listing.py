"""Listings of a store, and their differences."""

from array import array
from collections.abc import Mapping
from itertools import chain
from typing import NamedTuple

from memoryd.values import blake2b, dataclass


class Signature(NamedTuple):
    """The `stat` of a file; equal ones mean equal content, except within `RACY_NS` of a scan."""

    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int


# A file changed this shortly before a scan may change again without a new signature.
RACY_NS = 2_000_000_000

Listing = Mapping[str, Signature]


@dataclass(frozen=True, slots=True)
class Changes:
    """Paths relative to the store, sorted: files to read again, and deleted files."""

    stale: tuple[str, ...]
    gone: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.stale or self.gone)


def compare(known: Listing, found: Listing, known_at_ns: int) -> Changes:
    """Compare the indexed files with those on disk.

    Args:
        known: Signatures when the files were last read.
        found: Signatures now.
        known_at_ns: Time when `known` was read, nanoseconds since the epoch: files changed within
            `RACY_NS` before it count as changed.
    """
    stale = (
        path
        for path, signature in found.items()
        if known.get(path) != signature or is_racy(signature, known_at_ns)
    )
    return Changes(tuple(sorted(stale)), tuple(sorted(known.keys() - found.keys())))


def is_racy(signature: Signature, read_at_ns: int) -> bool:
    """Return whether a file may have changed after a reading without a new signature.

    The time of modification can be set; the time of any change cannot, but its clock moves in ticks.
    """
    return max(signature.mtime_ns, signature.ctime_ns) > read_at_ns - RACY_NS


def is_settled(newest_ns: int, began_ns: int) -> bool:
    """Return whether what changed last at a time cannot change unnoticed after a reading began."""
    return newest_ns <= began_ns - RACY_NS


def fingerprint(listing: Listing) -> bytes:
    """Return a hash of a listing that is sorted by path; for this machine only."""
    try:
        numbers = array("q", chain.from_iterable(listing.values())).tobytes()
    except OverflowError:  # an inode beyond 2 ** 63, or a time after 2262
        numbers = repr(list(listing.values())).encode()
    names = "\0".join(listing).encode(errors="surrogatepass")
    return blake2b(names + b"\0" + numbers, digest_size=16).digest()
