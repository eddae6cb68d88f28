"""Alarms are recorded once, and their versions stay."""

import time

from memoryd.adapters.history import History
from memoryd.adapters.history.alarms import LossRecord

ROOT = "/s"
NOW = 1_800_000_000.0


def record(history: History, *losses: LossRecord, sign: str = "mass_loss", until: int = 2) -> None:
    history.alarms.record([(ROOT, until, [(sign, NOW, losses)])])


def test_an_alarm_is_open_until_it_is_closed(history: History) -> None:
    loss = LossRecord(1, 2, base=1, cut=30)
    record(history, loss, sign="unseen_lines")
    (alarm,) = history.alarms.open(ROOT)
    assert (alarm.id, alarm.time, alarm.root, alarm.sign) == (1, NOW, ROOT, "unseen_lines")
    assert alarm.losses == (loss,)
    assert history.alarms.open("/other") == ()
    history.alarms.close(1, "dismissed")
    assert history.alarms.open() == ()


def test_a_loss_is_recorded_once_for_each_sign(history: History) -> None:
    record(history, LossRecord(1, 2))
    record(history, LossRecord(1, 2))
    record(history, LossRecord(1, 2), sign="stale_write")
    assert [(alarm.id, alarm.sign) for alarm in history.alarms.open()] == [
        (1, "mass_loss"),
        (2, "stale_write"),
    ]
    history.alarms.close(1, "dismissed")
    record(history, LossRecord(1, 2))
    assert [alarm.id for alarm in history.alarms.open()] == [2]


def test_a_loss_that_grows_is_one_alarm(history: History) -> None:
    record(history, LossRecord(1, 4), LossRecord(2, 5))
    record(history, LossRecord(1, 4), LossRecord(2, 5), LossRecord(3, 6))
    (alarm,) = history.alarms.open()
    assert [loss.dropped for loss in alarm.losses] == [4, 5, 6]


def test_what_is_examined_is_known(history: History) -> None:
    history.observe(ROOT, [("/s/MEMORY.md", b"- a\n")])
    history.observe("/t", [("/t/MEMORY.md", b"- a\n")])
    assert history.alarms.unexamined(0.0) == {ROOT: 0, "/t": 0}
    history.alarms.record([(ROOT, 1, [])])
    assert history.alarms.unexamined(0.0) == {"/t": 0}
    history.observe(ROOT, [("/s/MEMORY.md", b"- b\n")])
    assert history.alarms.unexamined(0.0) == {ROOT: 1, "/t": 0}
    assert history.alarms.unexamined(time.time() + 60) == {}


def test_paths_with_a_content_have_it_now(history: History) -> None:
    history.observe(ROOT, [("/s/a.md", b"a"), ("/s/b.md", b"a")])
    (digest,) = {version.digest or "" for version in history.record(ROOT)}
    history.observe(ROOT, [("/s/b.md", None)])
    assert history.alarms.paths_with({digest}) == {digest: {"/s/a.md"}}


def test_the_versions_of_an_open_alarm_stay(history: History) -> None:
    for text in (b"- a\n- b\n", b"- a\n", b"- a\n- b\n", b"- a\n- b\n- c\n"):
        history.observe(ROOT, [("/s/MEMORY.md", text)])
    record(history, LossRecord(1, 2))
    much_later = time.time() + 400 * 86400
    history.expire(much_later, 10**9)
    assert {version.id for version in history.record(ROOT)} >= {1, 2, 4}
    history.alarms.close(1, "restored")
    history.expire(much_later, 10**9)
    assert [version.number for version in history.record(ROOT)] == [4]
    history.observe(ROOT, [("/s/MEMORY.md", b"- d\n")])
    assert [version.number for version in history.record(ROOT)] == [4, 5]
