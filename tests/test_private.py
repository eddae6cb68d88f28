"""Directories and files of memoryd's own are private, whatever the umask."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cli.program import memoryd, project_store

from memoryd import private
from memoryd.adapters.daemon.process import only_instance
from memoryd.errors import MemorydError


@pytest.fixture(params=[0, 0o022, 0o077, 0o177])
def _umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.usefixtures("_umask")
def test_they_are_private(tmp_path: Path) -> None:
    private.make_directory(tmp_path / "own")
    os.close(private.open_file(tmp_path / "own/file", os.O_RDWR))
    assert (mode(tmp_path / "own"), mode(tmp_path / "own/file")) == (0o700, 0o600)


def test_one_has_a_lock_until_the_file_is_closed(tmp_path: Path) -> None:
    one, two = (private.open_file(tmp_path / "lock", os.O_RDWR) for _ in range(2))
    assert private.lock(one)
    assert not private.lock(two, patience=0.01)
    timer = threading.Timer(0.05, os.close, [one])
    timer.start()
    assert private.lock(two, patience=60)
    timer.join()
    os.close(two)


@pytest.mark.parametrize("umask", ["0000", "0022", "0077"])
def test_databases_are_private(tmp_path: Path, home: Path, umask: str) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a fact\n"})
    before = os.umask(int(umask, 8))
    try:
        assert memoryd("search", "fact", cwd=tmp_path).code == 0
        assert memoryd("log", cwd=tmp_path).code == 0
        assert memoryd("trust", ".", cwd=tmp_path).code == 0
    finally:
        os.umask(before)
    for place in (home / ".local/state/memoryd", home / ".cache/memoryd"):
        assert mode(place) == 0o700
        files = list(place.iterdir())
        assert files
        assert {mode(path) for path in files} == {0o600}


def test_a_directory_that_exists_stays_as_it_is(tmp_path: Path) -> None:
    tmp_path.chmod(0o750)
    private.make_directory(tmp_path)
    assert mode(tmp_path) == 0o750


def test_what_is_in_the_way_is_named_with_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    for place in (tmp_path / "file/memoryd/lock", tmp_path / "file/lock"):
        with pytest.raises(MemorydError) as error, only_instance(place):
            pass
        assert f"cannot use the directory {place.parent}: " in error.value.message
        assert "MEMORYD_RUNTIME_DIR" in str(error.value.hint)


def test_run_says_which_directory_it_cannot_use(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    done = memoryd("run", cwd=tmp_path, MEMORYD_RUNTIME_DIR=str(tmp_path / "file/run"))
    assert (done.code, done.out) == (2, "")
    assert done.err.startswith(f"error: cannot use the directory {tmp_path / 'file/run'}: ")


@pytest.mark.parametrize(("mode", "wanted"), [(0o600, 0o600), (0o644, 0o644), (None, 0o640)])
def test_a_file_is_replaced_in_one_step(tmp_path: Path, mode: int | None, wanted: int) -> None:
    path, other = tmp_path / "file", tmp_path / "other"
    other.write_bytes(b"other")
    path.symlink_to(other)
    (tmp_path / f".file.{os.getpid()}").symlink_to(other)  # left by a process of the same number, or planted
    before = os.umask(0o026)
    try:
        private.replace_file(path, b"new", mode)
    finally:
        os.umask(before)
    assert (path.read_bytes(), other.read_bytes()) == (b"new", b"other")
    assert path.lstat().st_mode & 0o777 == wanted
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "other"]


def test_a_file_that_cannot_be_replaced_leaves_nothing_beside_it(tmp_path: Path) -> None:
    (tmp_path / "file").mkdir()
    with pytest.raises(IsADirectoryError):
        private.replace_file(tmp_path / "file", b"new")
    assert [each.name for each in tmp_path.iterdir()] == ["file"]
