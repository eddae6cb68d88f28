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


def holding(top: str, paths: Iterable[str], spoken_of: Callable[[str], bool]) -> Commits:
    """The commits of all branches, stashes and reflogs that added something that speaks of a subject.

    The text never stands in a command line, where every user of the machine could read it: the
    differences are read here instead.

    Args:
        top: The working tree.
        paths: Files or directories in it, absolute.
        spoken_of: Whether a text, many lines of a difference, speaks of it.
    """
    inside = (os.path.relpath(path, top) for path in paths)
    names = [f":(top,literal){'' if name == '.' else name}" for name in inside if name[:2] != ".."]
    mark = os.urandom(8).hex()
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
    for part in answer.stdout.decode(errors="replace").split(mark)[1:]:
        commit, _, patch = part.partition("\n")
        for difference in f"\n{patch}".split("\ndiff --git ")[1:]:
            name = difference.partition("\n")[0].rpartition(" b/")[2]
            added = [
                line[1:] for line in difference.split("\n") if line.startswith("+") and line[:4] != "+++ "
            ]
            if spoken_of("\n".join(added)) or spoken_of(name):
                found[commit.strip(), name] = None
    return Commits(top, tuple(found)[:_ENOUGH], complete=answer.returncode == 0)
