"""Versions that may expire without the loss of a line."""

from collections.abc import Callable, Sequence

from memoryd.domain.history.versions import Version

KEPT_SECONDS = 90 * 86400.0
"""Period for which every version is kept."""
KEPT_OPERATIONS = 1000
"""Number of recent operations that can always be undone."""


def expendable(
    versions: Sequence[Version], lines: Callable[[Version], frozenset[bytes]], before: float
) -> tuple[Version, ...]:
    """Return the versions of one store that may be deleted.

    Kept are every version since a moment, the state at that moment, the current state, and each older
    version with a line that no other kept version has.

    Args:
        versions: All versions of the store, the oldest first.
        lines: The non-blank lines of a version.
        before: Seconds since the epoch; nothing younger is deleted.
    """
    then = {version.path: version.id for version in versions if version.time <= before}
    now = {version.path: version.id for version in versions}
    standing = {*then.values(), *now.values()}
    old = [version for version in versions if version.time < before and version.id not in standing]
    leaving = {version.id for version in old}
    kept = frozenset[bytes]().union(*(lines(each) for each in versions if each.id not in leaving))
    expendables = []
    for version in reversed(old):  # of two with the same line, the newer one is kept
        own = lines(version)
        if own <= kept:
            expendables.append(version)
        kept |= own
    return tuple(expendables)
