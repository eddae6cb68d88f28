"""Mass losses: stores, files or most of an index file."""

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_lines import Loss, Sign, standing
from memoryd.domain.history.versions import Version

PAUSE = 10.0
"""Seconds without a change after which a change is another one."""
_FILES = 4  # least number of files that are a mass, unless they are all
_KNOWN = 40  # most versions of an index file that are read again
_HALF = 0.5
_LEAST = 10  # lines with words that a file must have had
_REST = 0.25  # share of lines and bytes that a stub has at most
_STORE = 3  # least number of lines with words that make a deleted store a loss


def mass_losses(
    versions: Sequence[Version], read: LineReader, index_name: str, new: Container[int] | None = None
) -> Iterator[tuple[Loss, ...]]:
    """Yield what disappeared at once: the losses in the files of one change.

    A change is everything that other programs did to the store without a pause. Renamed files and lines
    that are elsewhere afterwards, also in other words, did not disappear.

    Args:
        versions: All versions of the store, the oldest first.
        read: Reads the lines of a version.
        index_name: Name of the index file.
        new: The ids of the versions to examine; None for all.
    """
    rewrites = _rewrites(versions, index_name)
    files: dict[str, Version] = {}
    for start, end in _changes(versions):
        change = [each for each in versions[start:end] if not each.is_by_known_writer]
        examined = [each for each in change if _is_new(each, new)]
        first = next((each.id for each in change if each.digest is None), None) if examined else None
        _apply(files, (each for each in versions[start:end] if first is None or each.id < first))
        found: list[Loss] = []
        if first is not None:
            before = dict(files)
            _apply(files, (each for each in versions[start:end] if each.id >= first))
            found = _deleted(change, before, files, read)
        emptied = _emptied(examined, rewrites, read)
        if found or emptied:  # what the change had lost when it was examined before belongs to it
            known = [each for each in change if each.id in rewrites and not _is_new(each, new)]
            found += [*_emptied(known[-_KNOWN:], rewrites, read), *emptied]
        if standing(found, versions[:end], read.content):
            yield tuple(found)


def _is_new(version: Version, new: Container[int] | None) -> bool:
    return new is None or version.id in new


def _rewrites(versions: Sequence[Version], index_name: str) -> dict[int, tuple[Version, bool]]:
    """Return by id the version before each of an index file, and whether its content was there earlier."""
    found: dict[int, tuple[Version, bool]] = {}
    had: Version | None = None
    earlier: set[str | None] = set()
    for version in versions:
        if version.path != f"{version.root}/{index_name}":
            continue
        if had is not None:
            found[version.id] = had, version.digest in earlier
            earlier.add(had.digest)
        had = version
    return found


def _changes(versions: Sequence[Version]) -> Iterator[tuple[int, int]]:
    """Yield the changes as ranges of the versions."""
    start = 0
    for at in range(1, len(versions) + 1):
        if at == len(versions) or versions[at].time - versions[at - 1].time > PAUSE:
            yield start, at
            start = at


def _apply(files: dict[str, Version], versions: Iterable[Version]) -> None:
    """Keep the current version of each file, by path, without deleted files."""
    for version in versions:
        files[version.path] = version
        if version.digest is None:
            del files[version.path]


def _deleted(
    change: list[Version], before: Mapping[str, Version], after: Mapping[str, Version], read: LineReader
) -> list[Loss]:
    """Return the deleted files, if they are all of a store, or half of them and not few."""
    gone = {each.path: each for each in change if each.digest is None and each.path not in after}
    there = {version.digest for version in after.values()}
    lost = [(before[path], version) for path, version in gone.items() if path in before]
    lost = [(had, version) for had, version in lost if had.digest not in there]
    if after and (len(lost) < _FILES or len(lost) < len(before) * _HALF):
        return []
    losses = [Loss(None, had, version, tuple(read(had).values()), Sign.MASS) for had, version in lost]
    return losses if after or sum(len(each.entries) for each in losses) >= _STORE else []


def _emptied(
    change: Iterable[Version], rewrites: Mapping[int, tuple[Version, bool]], read: LineReader
) -> list[Loss]:
    """Return the writes that left little or nothing of an index file."""
    found: list[Loss] = []
    for after in change:
        had, is_back = rewrites.get(after.id, (None, False))
        if had is None or None in {had.digest, after.digest}:
            continue
        lines, rest = read(had), read(after)
        if len(lines) < _LEAST or len(rest) > len(lines) * _REST:
            continue
        old, new = read.content(had) or b"", read.content(after) or b""
        if len(new) > len(old) * _REST or (is_back and new.strip()):
            continue
        lost = tuple(text for key, text in lines.items() if key not in rest)
        found.append(Loss(None, had, after, lost, Sign.MASS))
    return found
