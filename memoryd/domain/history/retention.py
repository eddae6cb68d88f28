"""Which versions may leave the history: old ones without which no line is lost."""

from collections.abc import Callable, Sequence

from memoryd.domain.history.versions import Version

KEPT_SECONDS = 90 * 86400.0
"""How long every version is kept, whatever it holds."""
KEPT_OPERATIONS = 1000
"""How many of the last operations can always be taken back."""


def expendable(
    versions: Sequence[Version], lines: Callable[[Version], frozenset[bytes]], before: float
) -> tuple[Version, ...]:
    """The versions of one store that may leave.

    What stays: every version since a moment, what stood at that moment, what is there now, and each
    older version that has a line which stands in nothing else that stays.

    Args:
        versions: All of the store, the oldest first.
        lines: The non-blank lines of a version.
        before: Seconds since the epoch; nothing younger leaves.
    """
    then = {version.path: version.id for version in versions if version.time <= before}
    now = {version.path: version.id for version in versions}
    standing = {*then.values(), *now.values()}
    old = [version for version in versions if version.time < before and version.id not in standing]
    leaving = {version.id for version in old}
    kept = frozenset[bytes]().union(*(lines(each) for each in versions if each.id not in leaving))
    expendables = []
    for version in reversed(old):  # of two that hold the same line, the newer one stays
        own = lines(version)
        if own <= kept:
            expendables.append(version)
        kept |= own
    return tuple(expendables)
