"""Committed versions of the files below a directory."""

import os
import re
from collections.abc import Iterator, Sequence

from memoryd.adapters.git.ask import ask
from memoryd.adapters.git.changes import is_inside
from memoryd.values import dataclass, regex

_PATIENCE = 120.0  # seconds
_COMMIT = regex(rb"\n?([0-9a-f]{40,64}) (\d{1,11}) (.*)", re.DOTALL)
_CHANGE = regex(rb"\n?:\d{6} (\d{6}) [0-9a-f]+ ([0-9a-f]+) ([A-Z])\d*")
_REGULAR = b"100"  # a mode that begins otherwise is that of a link or submodule
_LARGEST = 8 * 1024 * 1024  # bytes of one file
_AT_ONCE = 200  # contents that git is asked for at once


@dataclass(frozen=True, slots=True)
class CommittedFile:
    """A file as a commit left it.

    Attributes:
        time: When it was committed, in seconds since the epoch.
        author: Name of the commit's author.
        path: Relative to the working tree.
        content: The content; None for a deleted file.
    """

    time: float
    author: str
    path: str
    content: bytes | None


def committed_files(top: str, directory: str) -> Iterator[CommittedFile]:
    """Yield what the commits of the current branch did to files below a directory, the oldest first.

    Links and files over 8 MiB are left out. A merge counts as what it brought to the branch.

    Args:
        top: Real path of the working tree.
        directory: Real path of a directory in it.

    Raises:
        GitError: If git cannot be asked, or does not know everything.
    """
    name = os.path.relpath(directory, top)
    where = f":(top,literal){'' if name == '.' else name}"
    command = ["log", "--first-parent", "-m", "--reverse", "--raw", "--no-abbrev", "--no-renames", "-z"]
    command += ["--no-color", "--no-show-signature", "--format=%H %ct %an", "HEAD", "--", where]
    found = list(_changes(ask(top, command, patience=_PATIENCE)))
    for start in range(0, len(found), _AT_ONCE):
        some = found[start : start + _AT_ONCE]
        contents = contents_of(top, sorted({blob for _, _, _, blob in some if blob}))
        for time, author, path, blob in some:
            if not blob or blob in contents:
                yield CommittedFile(time, author, path, contents.get(blob))


def _changes(answer: bytes) -> Iterator[tuple[float, str, str, str]]:
    """Yield time, author, path and blob of each change; no blob for a deletion."""
    time, author = 0.0, ""
    parts = iter(answer.split(b"\0"))
    for part in parts:
        if change := _CHANGE.fullmatch(part):
            mode, blob, kind = change.groups()
            path = next(parts, b"")
            is_file = kind == b"D" or mode.startswith(_REGULAR)
            if is_file and is_inside(path):
                yield time, author, os.fsdecode(path), "" if kind == b"D" else blob.decode()
        elif commit := _COMMIT.fullmatch(part):
            time, author = float(commit[2]), commit[3].decode(errors="replace")


def contents_of(top: str, blobs: Sequence[str]) -> dict[str, bytes]:
    """Return the contents of blobs by their ids, without those that are too large or missing.

    Raises:
        GitError: If git cannot be asked.
    """
    question = "".join(f"{blob}\n" for blob in blobs).encode()
    sizes = ask(top, ["cat-file", "--batch-check"], question, patience=_PATIENCE).splitlines()
    small = [line.split(b" ") for line in sizes if line.split(b" ")[1:2] == [b"blob"]]
    wanted = [blob.decode() for blob, _, size in small if int(size) <= _LARGEST]
    answer = ask(top, ["cat-file", "--batch"], "".join(f"{blob}\n" for blob in wanted).encode())
    found: dict[str, bytes] = {}
    at = 0
    while (end := answer.find(b"\n", at)) >= 0:
        blob, _, size = answer[at:end].split(b" ")
        found[blob.decode()] = answer[end + 1 : end + 1 + int(size)]
        at = end + 2 + int(size)
    return found
