"""Versions that may leave without the loss of a line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import field

from memoryd.domain.history.line_changes import changed_lines
from memoryd.domain.history.versions import Version
from memoryd.values import dataclass

KEPT_SECONDS = 90 * 86400.0
"""Period for which every version is kept while there is room."""
KEPT_OPERATIONS = 1000
"""Number of recent operations of memoryd that can always be undone, beside what sessions wrote."""

_HOUR, _DAY, _WEEK = 3600.0, 86400.0, 7 * 86400.0
THINNINGS: tuple[tuple[tuple[float, float], ...], ...] = (
    ((_DAY, 0), (_WEEK, _HOUR), (KEPT_SECONDS, _DAY), (float("inf"), _WEEK)),
    ((_HOUR, 0), (_DAY, _HOUR), (_WEEK, _DAY), (float("inf"), _WEEK)),
    ((_HOUR, 0), (float("inf"), float("inf"))),
)
"""How a store is thinned that has more than its share, the mildest first.

Each is a list of ages in seconds; up to that age, one version is kept of each period, 0 for all versions.
"""


def old_versions(versions: Sequence[Version], before: float) -> set[int]:
    """Return the ids of versions older than a moment, except the states at that moment and now.

    Args:
        versions: Versions of one store, the oldest first.
        before: Seconds since the epoch.
    """
    then = {version.path: version.id for version in versions if version.time <= before}
    now = {version.path: version.id for version in versions}
    standing = {*then.values(), *now.values()}
    return {version.id for version in versions if version.time < before and version.id not in standing}


def intermediate_versions(
    versions: Sequence[Version], now: float, thinning: Sequence[tuple[float, float]]
) -> set[int]:
    """Return the ids of versions that are followed by another one within the same period.

    Args:
        versions: Versions of one store, the oldest first.
        now: Seconds since the epoch.
        thinning: One of `THINNINGS`.
    """
    found: set[int] = set()
    following: dict[str, tuple[float, float]] = {}  # by path: period and its number
    for version in reversed(versions):
        every = next((every for age, every in thinning if now - version.time < age), 0.0)
        number = version.time // every if every else float(version.id)
        if following.get(version.path) == (every, number):
            found.add(version.id)
        following[version.path] = every, number
    return found


def expendable(
    files: Iterable[Iterable[tuple[Version, bytes | None]]], candidates: set[int]
) -> frozenset[int]:
    """Return the ids of those candidates whose every line also is in a version that stays.

    Of several candidates with a line, the newest stays for it. Each content is used once, and only the
    lines by which it differs from the one before are compared.

    Args:
        files: The versions and contents of each file of one store, the oldest first.
        candidates: Ids of versions; the last of a file is never one of them.
    """
    homes = _Homes(candidates)
    for versions in files:
        before, last = b"", None
        for version, content in versions:
            homes.change(version.id, last, *changed_lines(before, content or b""))
            before, last = content or b"", version.id
        homes.end(last)
    return frozenset(candidates - {each for line, each in homes.newest.items() if line not in homes.safe})


@dataclass(slots=True)
class _Homes:
    """The versions that have each line.

    Attributes:
        candidates: Ids of versions that may leave.
        safe: Lines of versions that stay.
        newest: The newest candidate with each line.
    """

    candidates: set[int]
    safe: set[bytes] = field(default_factory=set)
    newest: dict[bytes, int] = field(default_factory=dict)
    _lines: dict[bytes, list[int]] = field(
        default_factory=dict
    )  # number in the file, and since which version
    _standing: float = float("-inf")  # the last version of the file that stays

    def change(
        self, version: int, last: int | None, removed: Iterable[bytes], added: Iterable[bytes]
    ) -> None:
        """Note the lines that a version changed."""
        for line in added:
            self._lines.setdefault(line, [0, version])[0] += 1
        for line in removed:
            self._lines[line][0] -= 1
            if not self._lines[line][0]:
                self._note(line, self._lines.pop(line)[1], last)
        if version not in self.candidates:
            self._standing = version

    def end(self, last: int | None) -> None:
        """Note the lines of the last version of a file."""
        for line, (_, since) in self._lines.items():
            self._note(line, since, last)
        self._lines.clear()
        self._standing = float("-inf")

    def _note(self, line: bytes, since: int, until: int | None) -> None:
        if self._standing >= since:
            self.safe.add(line)
        elif until is not None:
            self.newest[line] = max(self.newest.get(line, until), until)


def fair_share(sizes: Mapping[str, int], most: int) -> float:
    """Return the size that each store may have so that all together have no more than `most`.

    What small stores do not need is shared by the others; infinite if all have room.
    """
    left, rest = float(most), sorted(sizes.values())
    for number, size in enumerate(rest):
        share = left / (len(rest) - number)
        if size > share:
            return share
        left -= size
    return float("inf")
