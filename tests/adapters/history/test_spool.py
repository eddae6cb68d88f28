"""Versions that could not be recorded are kept, and recorded later."""

import errno
import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.adapters.history import History
from memoryd.adapters.history import spool as spool_module
from memoryd.adapters.history.connection import Connection
from memoryd.adapters.history.records import SeenFile
from memoryd.adapters.history.spool import Spool
from memoryd.domain.history.versions import GIT
from memoryd.errors import MemorydError

ROOT = "/s/rev"
FILE = f"{ROOT}/MEMORY.md"
ODD = f"{ROOT}/\udcff.md"


def contents(history: History, path: str = FILE) -> list[bytes | None]:
    return [content for _, content in history.versions(path)]


@pytest.fixture
def spool(path: Path) -> Spool:
    path.parent.mkdir(parents=True)
    return Spool(path)


def test_while_another_process_has_the_database_versions_are_spooled(history: History, path: Path) -> None:
    history.observe(ROOT, [(FILE, b"- a\n")])
    history._connection.raw.execute("PRAGMA busy_timeout = 10")
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        for content in (b"- b\n", b"- b\n", b"- c\n", None):
            with pytest.raises(MemorydError, match="cannot write the history") as raised:
                history.observe(ROOT, [(FILE, content), (ODD, content)], {FILE: 0o640})
            assert "is kept in" in str(raised.value.hint)
    spool = Path(f"{path}.spool")
    assert spool.read_bytes().count(b"memoryd-version") == 6
    assert spool.stat().st_mode & 0o777 == 0o600
    history.observe(ROOT, [(FILE, b"- d\n")])
    assert contents(history) == [b"- a\n", b"- b\n", b"- c\n", None, b"- d\n"]
    assert contents(history, ODD) == [b"- b\n", b"- c\n", None]
    assert [each.mode for each in history.record(ROOT) if each.path == FILE][1] == 0o640
    assert not spool.exists()
    assert history.verify() == ()


def test_a_disk_that_fails_is_no_spool(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_: object, **__: object) -> os.stat_result:
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    monkeypatch.setattr(os, "stat", failing)
    assert not spool.exists()


def test_the_writer_is_kept(path: Path, spool: Spool) -> None:
    spool.add([SeenFile(ROOT, FILE, b"- a\n", actor=GIT), SeenFile(ROOT, FILE, b"- b\n")])
    with History(path) as history:
        assert [each.actor for each in history.record(ROOT)] == [GIT, ""]


def test_the_next_process_takes_them_in(path: Path, spool: Spool) -> None:
    spool.add([SeenFile(ROOT, FILE, b"- a\n")])
    Spool(path).add([SeenFile(ROOT, FILE, b"- a\n"), SeenFile(ROOT, FILE, b"- b\n")])  # another process
    with History(path) as history:
        assert contents(history) == [b"- a\n", b"- b\n"]
    assert not spool.exists()


def test_taken_in_twice_they_are_recorded_once(path: Path, spool: Spool) -> None:
    spool.add([SeenFile(ROOT, FILE, b"- a\n"), SeenFile(ROOT, ODD, None)])
    kept = spool.path.read_bytes()
    History(path).close()
    spool.path.write_bytes(kept)  # as if the process had been killed before it removed the file
    with History(path) as history:
        assert contents(history) == [b"- a\n"]


@pytest.mark.parametrize("cut", [1, 5, 40, 200])
def test_a_record_cut_short_hides_no_other_and_is_kept(path: Path, spool: Spool, cut: int) -> None:
    spool.add([SeenFile(ROOT, FILE, b"- a\n")])
    first = spool.path.read_bytes()
    spool.add([SeenFile(ROOT, FILE, b"- b\n" * 50)])
    whole = spool.path.read_bytes()
    spool.path.write_bytes(whole[: max(len(whole) - cut, len(first) + 20)])
    Spool(path).add([SeenFile(ROOT, FILE, b"- c\n")])
    with History(path) as history:
        assert contents(history) == [b"- a\n", b"- c\n"] or cut == 1
    assert len(list(path.parent.glob("history.db.spool.damaged-*"))) == (cut > 1)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=60), st.integers(0, 400))
def test_no_bytes_in_a_spool_are_a_bug(content: bytes, noise: bytes, at: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "history.db")
        spool = Spool(path)
        spool.add([SeenFile(ROOT, FILE, content), SeenFile(ROOT, ODD, b"memoryd-version {\n" + content)])
        whole = spool.path.read_bytes()
        spool.path.write_bytes(whole[:at] + noise + whole[at:])
        with closing(Connection(path).raw):
            pass
        with History(path) as history:
            assert set(contents(history)) <= {content}
            assert history.verify() == ()


def test_a_full_spool_is_an_error(spool: Spool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spool_module, "_LARGEST", 10)
    spool.add([SeenFile(ROOT, FILE, os.urandom(100))])
    with pytest.raises(OSError, match="is full"):
        spool.add([SeenFile(ROOT, FILE, b"- b\n")])
