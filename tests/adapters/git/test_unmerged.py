"""Versions of files that git could not merge."""

from pathlib import Path

from cli.gits import BASE, INDEX, diverged, git
from support import needs_git

from memoryd.adapters.git.unmerged import UnmergedFile, unmerged_file

OURS, THEIRS = (BASE.replace("last", word) for word in ("newest", "oldest"))


@needs_git
def test_three_versions(tmp_path: Path) -> None:
    top = diverged(tmp_path / "repository", OURS, THEIRS)
    assert unmerged_file(str(top), INDEX) is None
    git(top, "merge", "b0", fails=True)
    assert unmerged_file(str(top), INDEX) == UnmergedFile(BASE.encode(), OURS.encode(), THEIRS.encode())
    assert unmerged_file(str(top), "missing") is None
