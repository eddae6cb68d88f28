"""What the commits of a repository hold."""

import os
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass

_PATIENCE = 60.0  # seconds
_ENOUGH = 1000  # places of one repository


@dataclass(frozen=True, slots=True)
class Commits:
    """Where commits of a repository brought a text in.

    Attributes:
        top: The working tree.
        places: Commit and path of each, the newest first.
        complete: Whether git could be asked for everything.
    """

    top: str
    places: tuple[tuple[str, str], ...]
    complete: bool


def holding(top: str, paths: Iterable[str], held_by: Callable[[bytes], bool]) -> Commits:
    """The commits of all branches, stashes and reflogs that added something that speaks of a subject.

    The text never stands in a command line, where every user of the machine could read it: the
    differences are read here instead.

    Args:
        top: The working tree.
        paths: Files or directories in it, absolute.
        held_by: Whether bytes, many lines of a difference, hold it.
    """
    inside = (os.path.relpath(path, top) for path in paths)
    names = [f":(top,literal){'' if name == '.' else name}" for name in inside if name[:2] != ".."]
    mark = os.urandom(8).hex()
    separator = mark.encode()
    command = ["log", "--all", "--reflog", f"--format={mark}%H", "--patch", "--unified=0", "--no-renames"]
    command += ["--no-color", "--no-ext-diff", "--no-textconv", "--text", "-m", "--", *names]
    try:
        answer = subprocess.run(  # noqa: S603  # arguments are ours, and names behind `--`
            ["git", "-c", "core.quotePath=false", "-C", top, *command],  # noqa: S607  # the user's own git
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=_PATIENCE,
        )
    except (OSError, subprocess.TimeoutExpired):
        return Commits(top, (), complete=False)
    found: dict[tuple[str, str], None] = {}
    for part in answer.stdout.split(separator)[1:]:
        commit, _, patch = part.partition(b"\n")
        for difference in (b"\n" + patch).split(b"\ndiff --git ")[1:]:
            name = difference.partition(b"\n")[0].rpartition(b" b/")[2]
            lines = difference.split(b"\n")
            added = [line[1:] for line in lines if line.startswith(b"+") and line[:4] != b"+++ "]
            if held_by(b"\n".join(added)) or held_by(name):
                found[commit.strip().decode(), name.decode(errors="replace")] = None
    return Commits(top, tuple(found)[:_ENOUGH], complete=answer.returncode == 0)
