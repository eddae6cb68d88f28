"""Mass losses: stores, files or most of an index file."""

from collections.abc import Iterator, Sequence

from memoryd.domain.history.lost_lines import Content, Loss, Sign, lines_of, standing
from memoryd.domain.history.versions import Version, state_before

_PAUSE = 10.0  # seconds without a change after which a change is another one
_FILES = 4  # least number of files that are a mass, unless they are all
_HALF = 0.5
_LEAST = 10  # lines with words that a file must have had
_REST = 0.25  # share of lines and bytes that a stub has at most
_STORE = 3  # least number of lines with words that make a deleted store a loss


def mass_losses(
    versions: Sequence[Version], content: Content, index_name: str, since: int = 0
) -> Iterator[tuple[Loss, ...]]:
    """Yield what disappeared at once: the losses in the files of one change.

    A change is everything that other programs did to the store without a pause. Renamed files and lines
    that are elsewhere afterwards, also in other words, did not disappear.

    Args:
        versions: All versions of the store, the oldest first.
        content: The bytes of a version; None for a deleted file.
        index_name: Name of the index file.
        since: Only changes with a version of a higher id are examined.
    """
    for start, end in _changes(versions, since):
        change = [each for each in versions[start:end] if not each.is_by_known_writer]
        first = next((each.id for each in change if each.digest is None), versions[start].id)
        before = state_before(versions, first)
        after = state_before(versions, versions[end - 1].id + 1)
        found = _deleted(change, before, after, content)
        found += _emptied(change, versions[:end], content, index_name)
        if standing(found, versions[:end], content):
            yield tuple(found)


def _changes(versions: Sequence[Version], since: int) -> Iterator[tuple[int, int]]:
    """Yield the changes as ranges of the versions."""
    start = 0
    for at in range(1, len(versions) + 1):
        if at < len(versions) and versions[at].time - versions[at - 1].time <= _PAUSE:
            continue
        if versions[at - 1].id > since:
            yield start, at
        start = at


def _deleted(
    change: list[Version], before: dict[str, Version], after: dict[str, Version], content: Content
) -> list[Loss]:
    """Return the deleted files, if they are all of a store, or half of them and not few."""
    gone = {each.path: each for each in change if each.digest is None and each.path not in after}
    there = {version.digest for version in after.values()}
    losses = [
        Loss(None, before[path], version, tuple(lines_of(content(before[path])).values()), Sign.MASS)
        for path, version in gone.items()
        if path in before and before[path].digest not in there
    ]
    if not after:
        return losses if sum(len(each.entries) for each in losses) >= _STORE else []
    is_mass = len(losses) >= _FILES and len(losses) >= len(before) * _HALF
    return losses if is_mass else []


def _emptied(
    change: list[Version], versions: Sequence[Version], content: Content, index_name: str
) -> list[Loss]:
    """Return the writes that left little or nothing of an index file."""
    found: list[Loss] = []
    history = [each for each in versions if each.path == f"{each.root}/{index_name}"]
    for at in range(1, len(history)):
        had, after = history[at - 1], history[at]
        if after not in change or None in {had.digest, after.digest}:
            continue
        old, new = content(had) or b"", content(after) or b""
        if len(new) > len(old) * _REST:
            continue
        is_step_back = bool(new.strip()) and after.digest in {each.digest for each in history[: at - 1]}
        lines, rest = lines_of(old), lines_of(new)
        if is_step_back or len(lines) < _LEAST or len(rest) > len(lines) * _REST:
            continue
        lost = tuple(text for key, text in lines.items() if key not in rest)
        found.append(Loss(None, had, after, lost, Sign.MASS))
    return found
