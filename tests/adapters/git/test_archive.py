"""A repository that is written whole or not at all."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from support import needs_git

from memoryd.adapters.git.archive import NewCommit, NewFile, committed, messages_of, write_repository
from memoryd.errors import MemorydError

pytestmark = needs_git


def test_what_is_written_reads_back(tmp_path: Path) -> None:
    files = [NewFile(b"a b", b"1\n", 0o755), NewFile("é".encode(), b"\0\r\n"), NewFile(b"missing", None)]
    commits = [NewCommit(-5.0, "", "one\n", files), NewCommit(5.9, "<\n>", "two\n", [NewFile(b"a b", None)])]
    write_repository(tmp_path / "out", commits)
    (first, one), (second, two) = messages_of(str(tmp_path / "out"))
    assert (one.strip(), two.strip()) == ("one", "two")
    wanted = [(first, b"a b"), (first, "é".encode()), (second, b"a b"), (second, b"x"), ("0" * 40, b"x")]
    assert list(committed(str(tmp_path / "out"), wanted)) == [b"1\n", b"\0\r\n", None, None, None]
    assert {each.name for each in (tmp_path / "out").iterdir()} == {".git", "é"}


@pytest.mark.parametrize("path", [b"../x", b".git/config", b"a//b", b""])
def test_git_itself_refuses_what_is_not_safe(path: bytes, tmp_path: Path) -> None:
    with pytest.raises(MemorydError):
        write_repository(tmp_path / "out", [NewCommit(0, "x", "x", [NewFile(path, b"x")])])
    assert list(tmp_path.iterdir()) == []


def test_an_error_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def failing() -> Iterator[NewCommit]:
        yield NewCommit(0, "x", "x", [NewFile(b"x", b"x" * 100_000)])
        raise MemorydError("no more")

    with pytest.raises(MemorydError, match="no more"):
        write_repository(tmp_path / "out", failing())
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(MemorydError, match="cannot write"):
        write_repository(tmp_path / "missing" / "out", [])
