import os
import subprocess
from pathlib import Path

import pytest
from support import needs_git

from memoryd.adapters.git import past
from memoryd.adapters.git.past import CommittedFile, committed_files

pytestmark = needs_git


def git(top: Path, *arguments: str) -> None:
    who = ["-c", "user.name=Ann", "-c", "user.email=a@example.org"]
    dates = {"GIT_AUTHOR_DATE": "1700000000 +0000", "GIT_COMMITTER_DATE": "1700000000 +0000"}
    subprocess.run(
        ["git", *who, *arguments], cwd=top, env=os.environ | dates, check=True, capture_output=True
    )


@pytest.mark.parametrize("at_once", [1, 2, 200])
def test_contents_are_read_in_portions(tmp_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "_AT_ONCE", at_once)
    monkeypatch.setattr(past, "_LARGEST", 100)
    git(tmp_path, "init", "-q")
    contents = [b"", b"a\n", b"b\n\n", b"x" * 101, b"\0\n1 blob 2\n"]
    for content in contents:
        (tmp_path / "a b\n.md").write_bytes(content)
        git(tmp_path, "add", "-A")
        git(tmp_path, "commit", "-qm", "x")
    found = list(committed_files(str(tmp_path), str(tmp_path)))
    assert found == [
        CommittedFile(1700000000.0, "Ann", "a b\n.md", content) for content in contents if len(content) < 101
    ]
