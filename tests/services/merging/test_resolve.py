"""Files that git could not merge: which versions are taken."""

from pathlib import Path

import pytest
from cli.gits import BASE, INDEX, diverged, git
from support import needs_git

from memoryd.adapters.history import History
from memoryd.services.merging.resolve import resolve

OURS, THEIRS = (BASE.replace("last", word) for word in ("newest", "oldest"))


@needs_git
@pytest.mark.parametrize("deleted", [False, True])
def test_the_index_of_git_knows_the_base(tmp_path: Path, deleted: bool) -> None:  # noqa: FBT001  # a parameter
    top = diverged(tmp_path / "repository", OURS, THEIRS)
    if deleted:
        git(top, "rm", "-q", INDEX)
        git(top, "commit", "-qm", "gone")
    git(top, "merge", "b0", fails=True)
    with History(tmp_path / "history.db") as history:
        found = resolve(top / INDEX, history, strict=False)
    assert (found.operation is None) == deleted
    expected = (
        THEIRS if deleted else BASE.replace("last notes\n", "newest notes\n- one of the oldest notes\n")
    )
    assert (top / INDEX).read_text() == expected
