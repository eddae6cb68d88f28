"""Git operations under way, found without running git."""

import os
import struct
from collections.abc import Iterator

from memoryd.adapters.git.repository import GitError, Repository, read_repository, top_of
from memoryd.values import dataclass

_OPERATIONS = (
    ("rebase-merge", "a git rebase is under way"),
    ("rebase-apply/applying", "git am is under way"),
    ("rebase-apply", "a git rebase is under way"),
    ("CHERRY_PICK_HEAD", "a git cherry-pick is under way"),
    ("REVERT_HEAD", "a git revert is under way"),
    ("MERGE_HEAD", "a git merge is under way"),
    ("sequencer", "a git cherry-pick or revert is under way"),
    ("BISECT_LOG", "a git bisect is under way"),
    ("index.lock", "git is writing its index"),
)
_MOST_BYTES = 256 * 1024 * 1024  # of an index that is read
_FIXED = 40  # bytes of an entry before its object id
_EXTENDED = 0x4000
_STAGE = 0x3000
_HEADER = 12
_COMPRESSED = 4  # version of the index whose names share prefixes


@dataclass(frozen=True, slots=True)
class _Index:
    """The needed parts of a git index.

    Attributes:
        names: Paths of its entries.
        unmerged: Some entry has several stages.
        trees: Directories as of the last commit, with "" for the top; None where the index keeps no list.
    """

    names: frozenset[bytes]
    unmerged: bool
    trees: frozenset[bytes] | None


def operation_around(path: str) -> str:
    """Return which git operation is under way in the working tree around a file, as a clause; "" for none.

    Args:
        path: Absolute path of a file or directory.
    """
    repository = _repository(path)
    if repository is None:
        return ""
    for name, words in _OPERATIONS:
        if os.path.lexists(os.path.join(repository.directory, name)):
            return words
    index = _read_index(repository)
    return "git has unmerged files" if index and index.unmerged else ""


def is_staged(path: str) -> bool:
    """Return whether a file, or another one of its directory, is staged and not committed.

    Git drops a directory from the list of trees in its index when something below it is staged, and lists
    it again at the next commit: a file that was staged and unstaged counts as staged until then. Where the
    index has no such list, nothing is known to be staged.

    Args:
        path: Absolute path of the file.
    """
    repository = _repository(path)
    index = _read_index(repository) if repository else None
    if repository is None or index is None:
        return False
    name = os.fsencode(os.path.relpath(os.path.realpath(path), repository.top))
    if name not in index.names:
        return False
    return index.trees is not None and name.rpartition(b"/")[0] not in index.trees


def _repository(path: str) -> Repository | None:
    top = top_of(os.path.realpath(path))
    try:
        return read_repository(top) if top else None
    except (GitError, OSError):
        return None


def _read_index(repository: Repository) -> _Index | None:
    """Return the index of a repository; None where it has none, or one that cannot be read."""
    path = os.path.join(repository.directory, "index")
    try:
        if os.stat(path).st_size > _MOST_BYTES:
            return None
        with open(path, "rb") as file:
            data = file.read()
        return _parsed(data, 32 if repository.object_format == "sha256" else 20)
    except (OSError, ValueError, IndexError, struct.error):
        return None


def _parsed(data: bytes, width: int) -> _Index | None:
    signature, version, count = struct.unpack_from(">4sII", data)
    if signature != b"DIRC" or version not in {2, 3, _COMPRESSED}:
        return None
    names: set[bytes] = set()
    unmerged = False
    at, name = _HEADER, b""
    for _ in range(count):
        start = at
        (flags,) = struct.unpack_from(">H", data, at + _FIXED + width)
        at += _FIXED + width + (4 if flags & _EXTENDED else 2)
        kept = 0
        if version == _COMPRESSED:
            dropped, at = _varint(data, at)
            kept = len(name) - dropped
        end = data.index(b"\0", at)
        name = name[:kept] + data[at:end]
        names.add(name)
        unmerged = unmerged or bool(flags & _STAGE)
        at = end + 1 if version == _COMPRESSED else start + (end - start + 8) // 8 * 8
    extensions = dict(_extensions(data, at, width))
    if b"link" in extensions:  # the rest of a split index is in another file
        return _Index(frozenset(names), unmerged, None)
    tree = extensions.get(b"TREE")
    return _Index(frozenset(names), unmerged, None if tree is None else frozenset(_trees(tree, width)))


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """Return a number as git writes offsets, and the offset after it."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = ((value + 1) << 7) | (data[at] & 0x7F)
    return value, at + 1


def _extensions(data: bytes, at: int, width: int) -> Iterator[tuple[bytes, bytes]]:
    while at + 8 <= len(data) - width:
        name, size = struct.unpack_from(">4sI", data, at)
        yield name, data[at + 8 : at + 8 + size]
        at += 8 + size


def _trees(data: bytes, width: int) -> Iterator[bytes]:
    """Yield the directories whose tree is as of the last commit."""
    open_trees: list[tuple[bytes, int]] = []  # directories, and how many of each are still to come
    at = 0
    while at < len(data):
        end = data.index(b"\0", at)
        line = data.index(b"\n", end)
        entries, subtrees = (int(each) for each in data[end + 1 : line].split(b" "))
        while open_trees and open_trees[-1][1] == 0:
            open_trees.pop()
        above = open_trees[-1][0] if open_trees else b""
        if open_trees:
            open_trees[-1] = (above, open_trees[-1][1] - 1)
        path = data[at:end] if not above else above + b"/" + data[at:end]
        at = line + 1
        if entries >= 0:
            yield path
            at += width
        open_trees.append((path, subtrees))
