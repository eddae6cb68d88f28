"""Versions of files that git could not merge."""

import os

from memoryd.adapters.git.ask import ask
from memoryd.adapters.git.past import contents_of
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class UnmergedFile:
    """The versions of an unmerged file in git's index; None for one that is missing."""

    base: bytes | None
    ours: bytes | None
    theirs: bytes | None


def unmerged_file(top: str, path: str) -> UnmergedFile | None:
    """Return the versions of a file that git could not merge; None for a file without several versions.

    Args:
        top: Real path of the working tree.
        path: Of the file, relative to it.

    Raises:
        GitError: If git cannot be asked.
    """
    answer = ask(top, ["ls-files", "--unmerged", "-z", "--", f":(top,literal){path}"], at_work=True)
    stages: dict[str, str] = {}
    for entry in filter(None, answer.split(b"\0")):
        head, _, name = entry.partition(b"\t")
        _, blob, stage = head.split(b" ")
        if os.fsdecode(name) == path:
            stages[stage.decode()] = blob.decode()
    if not stages:
        return None
    contents = contents_of(top, sorted(set(stages.values())))
    return UnmergedFile(*(contents.get(stages.get(stage, "")) for stage in "123"))
