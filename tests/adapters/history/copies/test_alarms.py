"""Alarms and dismissals come along with a copy, and follow their versions."""

from pathlib import Path

import pytest

from memoryd.adapters.history import History
from memoryd.adapters.history.alarms import LossRecord
from memoryd.adapters.history.copies.repair import repair

ROOT = "/s/rev"
FILE = f"{ROOT}/MEMORY.md"
TEXTS = [b"- a\n- b\n", b"- a\n", b"- a\n- c\n"]


def filled(path: Path, *states: str) -> History:
    """A history with an alarm in each of these states, about the second and third version."""
    history = History(path)
    for text in TEXTS:
        history.observe(ROOT, [(FILE, text)])
    first, second, third = (each.id for each in history.record(ROOT))
    signs = zip(("unseen_lines", "stale_write", "mass_loss"), states, strict=False)
    for sign, state in signs:
        losses = (LossRecord(first, second, base=first, cut=4), LossRecord(second, third))
        history.alarms.record([(ROOT, third, [(sign, 5.0, losses)])])
        if state != "open":
            history.alarms.close(history.alarms.open()[-1].id, state)
    return history


def told(history: History) -> list[tuple[object, ...]]:
    """The alarms with the contents that they are about, whatever their ids are."""
    contents = {each.id: history.content(each.digest) for each in history.record(ROOT)}
    rows = history._connection.rows(
        "SELECT sign, state, had, dropped, base, cut FROM alarms JOIN losses ON alarm = id"
    )
    return sorted(
        (sign, state, contents[had], contents[dropped], contents.get(base), cut or 0)
        for sign, state, had, dropped, base, cut in rows
    )


STATES = ("open", "dismissed", "restored")


def test_they_survive_a_repair(tmp_path: Path) -> None:
    with filled(tmp_path / "history.db", *STATES) as history:
        before = told(history)
    assert len(before) == 6
    repair(tmp_path / "history.db")
    with History(tmp_path / "history.db") as history:
        assert told(history) == before
        assert history.alarms.unexamined(0.0) == {}
        history.alarms.record([(ROOT, 3, [("stale_write", 5.0, (LossRecord(1, 2),))])])  # it was dismissed
        assert told(history) == before


@pytest.mark.parametrize("newer", [False, True])
def test_they_come_with_an_import(newer: bool, tmp_path: Path) -> None:  # noqa: FBT001
    with filled(tmp_path / "copy.db", *STATES) as copy:
        copy.backup(tmp_path / "backup.db")
        before = told(copy)
    with History(tmp_path / "history.db") as history:
        if newer:  # the ids of all versions change
            history.observe("/s/other", [("/s/other/MEMORY.md", b"- x\n")])
        assert history.import_copy(tmp_path / "backup.db").versions == 3
        assert told(history) == before
        assert history.import_copy(tmp_path / "backup.db").versions == 0
        assert told(history) == before
        assert history.alarms.unexamined(0.0).keys() == ({"/s/other"} if newer else set())


def test_a_dismissal_elsewhere_counts_here(tmp_path: Path) -> None:
    with filled(tmp_path / "history.db", "open", "dismissed") as history:
        history.backup(tmp_path / "backup.db")
        with History(tmp_path / "backup.db") as other:
            other.alarms.close(1, "dismissed")
        history.import_copy(tmp_path / "backup.db")
        assert {state for _, state, *_ in told(history)} == {"dismissed"}


def test_they_follow_versions_that_get_other_numbers(tmp_path: Path) -> None:
    with filled(tmp_path / "history.db", *STATES) as history:
        before = told(history)
        (loss, _) = history.alarms.open()[0].losses
        history.alarms.note_returned(1, [LossRecord(loss.had, loss.dropped, until=3, back=frozenset({0}))])
        assert history.add_past(ROOT, [(1.0, FILE, b"- old\n", ""), (2.0, f"{ROOT}/t.md", b"- t\n", "")]) == 2
        assert told(history) == before
        (moved, _) = history.alarms.open()[0].losses
        assert (moved.had, moved.dropped, moved.until) == (3, 4, 5)
        assert moved.back == {0}
        assert history.alarms.unexamined(0.0) == {}


def test_what_is_left_of_a_damaged_history_brings_its_alarms(tmp_path: Path) -> None:
    """An alarm whose versions are unreadable is left out; the others stay."""
    path = tmp_path / "history.db"
    with filled(path, "open") as history:
        raw = history._connection.raw
        raw.execute("UPDATE stored SET data = x'00' WHERE id = 1")
    repair(path)
    with History(path) as history:
        assert all(each.losses for each in history.alarms.open())
        assert history.verify() == ()
