from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.daemon.state import (
    HEARTBEAT,
    SILENT_AFTER,
    STARTS_WITHIN,
    DaemonState,
    DaemonStatus,
)

NOW = datetime(2026, 2, 3, 14, 30, tzinfo=UTC)
STATUS = DaemonStatus(
    version=1,
    pid=7,
    started="2026-02-03T12:00:00+00:00",
    heartbeat="2026-02-03T14:29:50+00:00",
    mode="watching",
    stores=3,
    files=40,
    pending=0,
    last_scan=None,
    last_error=None,
    polled=(),
    enforce=(),
    last_operation=None,
    sandbox="on",
    outside=(),
)
LONG_AGO = NOW - timedelta(days=1)


def heard(age: timedelta) -> DaemonStatus:
    return replace(STATUS, heartbeat=(NOW - age).isoformat())


@pytest.mark.parametrize(
    ("state", "summary"),
    [
        (DaemonState(None, None, None, NOW), "not running"),
        (DaemonState(None, STATUS, LONG_AGO, NOW), "not running"),
        (DaemonState(7, STATUS, LONG_AGO, NOW), "running as process 7 since 12:00"),
        (DaemonState(7, None, NOW, NOW), "running as process 7, starting"),
        (DaemonState(8, STATUS, NOW, NOW), "running as process 8, starting"),
        (DaemonState(8, STATUS, LONG_AGO, NOW), "running as process 8, but silent since 2026-02-02 14:30"),
        (DaemonState(7, None, None, NOW), "running as process 7, but silent"),
        (
            DaemonState(7, heard(timedelta(minutes=4)), NOW, NOW),
            "running as process 7, but silent since 14:26",
        ),
        (
            DaemonState(7, replace(STATUS, heartbeat="soon"), NOW, NOW),
            "running as process 7, but silent since 14:30",
        ),
        (DaemonState(7, replace(STATUS, started="once"), NOW, NOW), "running as process 7"),
    ],
)
def test_the_state_in_words(state: DaemonState, summary: str) -> None:
    assert state.summary == summary


@given(st.timedeltas(timedelta(0), timedelta(minutes=10)))
def test_a_daemon_is_silent_once_its_heartbeat_is_too_old(age: timedelta) -> None:
    assert DaemonState(7, heard(age), NOW, NOW).is_silent == (age > SILENT_AFTER)
    assert DaemonState(7, None, NOW - age, NOW).is_silent == (age > STARTS_WITHIN)
    assert not DaemonState(None, heard(age), NOW - age, NOW).is_silent


def test_a_heartbeat_may_be_missed_without_silence() -> None:
    assert SILENT_AFTER >= 2 * HEARTBEAT


@pytest.mark.parametrize(
    ("mode", "work", "is_ready"),
    [
        ("starting", "starting", False),
        ("stopping", "stopping", True),
        ("watching", "watching 3 stores", True),
        ("polling", "watching 3 stores, some by polling", True),
    ],
)
def test_what_it_does_in_words(mode: str, work: str, is_ready: bool) -> None:  # noqa: FBT001  # a parameter of the test
    state = DaemonState(7, replace(STATUS, mode=mode), NOW, NOW)
    assert (state.work, state.is_ready) == (work, is_ready)


def test_what_another_process_wrote_is_not_believed() -> None:
    state = DaemonState(8, STATUS, NOW, NOW)
    assert (state.status, state.work, state.is_ready) == (None, "", False)
