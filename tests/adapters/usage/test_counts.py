import sqlite3
from pathlib import Path

import pytest

from memoryd.adapters.usage.counts import UseCounts, record_key
from memoryd.domain.usage.records import OpenCall, RecordState, Use, UseKind
from memoryd.domain.usage.totals import UseCount
from memoryd.errors import MemorydError

READ = Use(UseKind.READ, "/s/a.md", "reviewer", "2026-03-01")
RECORD = "/h/projects/-p/s\udcff.jsonl"


def test_uses_are_counted_by_path_session_agent_and_day(tmp_path: Path) -> None:
    load = Use(UseKind.LOAD, "/s/MEMORY.md", "", "2026-03-02", tokens=10)
    with UseCounts(tmp_path / "own/usage.db") as counts:
        assert (counts.counts(), counts.first_day()) == ((), "")
        counts.add(RECORD, [READ, READ, load], RecordState("s"), start=0, end=5)
        counts.add(RECORD, [READ, load], RecordState("s"), start=5, end=9)
    with UseCounts(tmp_path / "own/usage.db") as counts:
        assert counts.counts() == (
            UseCount("/s/MEMORY.md", "s", "", "2026-03-02", loads=2, tokens=20),
            UseCount("/s/a.md", "s", "reviewer", "2026-03-01", reads=3),
        )
        assert counts.offsets() == {record_key(RECORD): 9}
        assert counts.first_day() == "2026-03-01"
    assert (tmp_path / "own/usage.db").stat().st_mode & 0o777 == 0o600


def test_what_another_process_has_counted_is_not_counted_again(tmp_path: Path) -> None:
    with UseCounts(tmp_path / "usage.db") as one, UseCounts(tmp_path / "usage.db") as other:
        one.add(RECORD, [READ], RecordState("s"), start=0, end=5)
        other.add(RECORD, [READ], RecordState("s"), start=0, end=5)
        other.add(RECORD, [READ], RecordState("s"), start=0, end=7)
        assert [each.reads for each in other.counts()] == [1]


def test_the_state_of_a_record_is_kept(tmp_path: Path) -> None:
    state = RecordState(
        "s",
        "reviewer",
        is_started=True,
        calls={"toolu_1": OpenCall("/s/a.md", UseKind.READ, "x", "2026-03-01")},
    )
    with UseCounts(tmp_path / "usage.db") as counts:
        assert counts.state(RECORD, "s") == RecordState("s")
        counts.add(RECORD, [], state, start=0, end=5)
        assert counts.state(RECORD, "s") == state
        state.calls.clear()
        counts.add(RECORD, [], state, start=5, end=6)
        assert counts.state(RECORD, "s") == state


def test_paths_are_forgotten_with_every_byte(tmp_path: Path) -> None:
    secret = Use(UseKind.READ, "/s/hunter2.md", "", "2026-03-01")
    state = RecordState("s", calls={"toolu_1": OpenCall("/s/hunter2.md", UseKind.READ, "", "2026-03-01")})
    with UseCounts(tmp_path / "usage.db") as counts:
        counts.add(RECORD, [READ, secret], state, start=0, end=5)
        assert counts.forget(lambda path: b"hunter2" in path) == 1
        assert [each.path for each in counts.counts()] == ["/s/a.md"]
        assert counts.forget(lambda path: b"hunter2" in path) == 0
    assert all(b"hunter2" not in path.read_bytes() for path in tmp_path.iterdir())


def test_a_database_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "usage.db").write_bytes(b"no database" * 1000)
    with pytest.raises(MemorydError, match="cannot use"):
        UseCounts(tmp_path / "usage.db")
    with sqlite3.connect(tmp_path / "newer.db") as newer:
        newer.execute("PRAGMA user_version = 2")
    with pytest.raises(MemorydError, match="newer memoryd"):
        UseCounts(tmp_path / "newer.db")
