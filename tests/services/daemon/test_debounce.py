import time

import pytest

from memoryd.services.daemon.debounce import QUIET, Debounce


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The monotonic clock, to be set."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_a_store_is_read_once_it_is_quiet(clock: list[float]) -> None:
    pending = Debounce()
    pending.mark("a")
    clock[0] += QUIET / 2
    pending.mark("b")
    assert (len(pending), pending.due, pending.take()) == (2, 100 + QUIET, [])
    clock[0] = 100 + QUIET
    assert (pending.take(), len(pending)) == (["a"], 1)
    assert pending.due == 100 + 1.5 * QUIET


def test_a_store_that_is_never_quiet_is_read_all_the_same(clock: list[float]) -> None:
    pending, taken = Debounce(), list[str]()
    while not taken:
        pending.mark("a")
        clock[0] += QUIET / 2
        taken = pending.take()
    assert 5 <= clock[0] - 100 < 5 + QUIET
    assert pending.due == float("inf")


def test_what_happens_after_a_store_was_taken_counts_anew(clock: list[float]) -> None:
    pending = Debounce()
    pending.mark("a")
    clock[0] += 60
    assert pending.take() == ["a"]
    pending.mark("a")
    assert pending.due == clock[0] + QUIET
