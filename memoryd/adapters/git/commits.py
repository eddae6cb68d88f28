"""Contents of the commits of a repository."""

import os
from collections.abc import Callable, Iterable

from memoryd.adapters.git.ask import ask, open_repository
from memoryd.adapters.git.repository import GitError, reflog_ids
from memoryd.values import dataclass

_PATIENCE = 60.0  # seconds
_ENOUGH = 1000  # most places of one repository


@dataclass(frozen=True, slots=True)
class Commits:
    """Commits of a repository that added a text.

    Attributes:
        top: The working tree.
        places: Commit and path of each, the newest first.
        complete: Git could answer everything.
    """

    top: str
    places: tuple[tuple[str, str], ...]
    complete: bool


def holding(top: str, paths: Iterable[str], contains: Callable[[bytes], bool]) -> Commits:
    """Return the commits of all branches, stashes and reflogs that added a mention of a needle.

    The text is never in a command line, where every user of the machine could read it: the
    differences are read here instead.

    Args:
        top: The working tree.
        paths: Files or directories in it, absolute.
        contains: Returns whether bytes, many lines of a difference, contain the needle.
    """
    inside = (os.path.relpath(path, top) for path in paths)
    names = [f":(top,literal){'' if name == '.' else name}" for name in inside if name[:2] != ".."]
    mark = os.urandom(8).hex()
    separator = mark.encode()
    command = [
        "log",
        "--all",
        "--reflog",
        "--ignore-missing",
        "--stdin",
        f"--format={mark}%H",
        "--patch",
        "--unified=0",
        "--no-renames",
    ]
    command += ["--no-color", "--no-ext-diff", "--no-textconv", "--text", "-m", "--", *names]
    try:
        known = b"\n".join(sorted(reflog_ids(open_repository(top))))  # git finds no reflogs behind a link
        answer = ask(top, command, known, patience=_PATIENCE)
    except GitError:
        return Commits(top, (), complete=False)
    found: dict[tuple[str, str], None] = {}
    for part in answer.split(separator)[1:]:
        commit, _, patch = part.partition(b"\n")
        for difference in (b"\n" + patch).split(b"\ndiff --git ")[1:]:
            name = difference.partition(b"\n")[0].rpartition(b" b/")[2]
            lines = difference.split(b"\n")
            added = [line[1:] for line in lines if line.startswith(b"+") and line[:4] != b"+++ "]
            if contains(b"\n".join(added)) or contains(name):
                found[commit.strip().decode(), name.decode(errors="replace")] = None
    return Commits(top, tuple(found)[:_ENOUGH], complete=True)
