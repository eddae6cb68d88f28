import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from memoryd.adapters.history import History
from memoryd.errors import MemorydError

ROOT = "/s/rev"
FILE = f"{ROOT}/MEMORY.md"


def test_a_backup_is_one_private_file_with_everything(history: History, tmp_path: Path) -> None:
    for number in range(200):
        history.observe(ROOT, [(FILE, b"- %d\n" % number)])
    signs: list[None] = []
    copy = tmp_path / "copy.db"
    history.backup(copy, lambda: signs.append(None))
    assert len(signs) > 100
    assert sorted(each.name for each in tmp_path.iterdir()) == ["copy.db", "state"]
    assert copy.stat().st_mode & 0o777 == 0o600
    with History(copy) as again:
        assert len(list(again.versions(FILE))) == 200
        assert again.verify() == ()


def test_a_file_that_exists_is_not_replaced(history: History, tmp_path: Path) -> None:
    (tmp_path / "copy.db").write_bytes(b"precious")
    with pytest.raises(MemorydError, match="exists"):
        history.backup(tmp_path / "copy.db")
    with pytest.raises(MemorydError, match="exists"):
        history.backup(history.path)
    assert (tmp_path / "copy.db").read_bytes() == b"precious"


def test_a_damaged_history_gives_no_backup(history: History, tmp_path: Path) -> None:
    history.observe(ROOT, [(FILE, b"- a\n")])
    with closing(sqlite3.connect(history.path)) as database:
        database.execute("UPDATE stored SET data = x'00'")
        database.commit()
    with pytest.raises(MemorydError, match="is not written: the history is damaged: version 1"):
        history.backup(tmp_path / "copy.db")
    assert [each.name for each in tmp_path.iterdir()] == ["state"]


def test_a_directory_that_is_missing_is_a_clear_error(history: History, tmp_path: Path) -> None:
    with pytest.raises(MemorydError, match="cannot write"):
        history.backup(tmp_path / "none" / "copy.db")
