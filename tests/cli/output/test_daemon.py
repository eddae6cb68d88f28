import json
import os
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cli.program import OVER_LIMIT, memoryd, project_store

from memoryd.adapters.daemon.process import only_instance
from memoryd.config.locations import locate


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT, "lost.md": "# Lost\n"})
    return tmp_path


def heartbeat(**changes: object) -> str:
    """What a daemon writes that is well, and is this process."""
    now = datetime.now(UTC)
    said = {
        "version": 1,
        "pid": os.getpid(),
        "started": (now - timedelta(hours=2)).isoformat(),
        "heartbeat": now.isoformat(),
        "mode": "watching",
        "stores": 3,
        "files": 40,
        "pending": 0,
        "last_scan": (now - timedelta(seconds=20)).isoformat(),
        "last_error": None,
        "polled": [],
        "enforce": [],
        "last_operation": None,
        "sandbox": "on",
        "outside": [],
    }
    return json.dumps(said | changes)


def daemon_lines(cwd: Path, written: str | None, *, lock_age: int = 0) -> list[str]:
    """What is said of a daemon that holds the lock and wrote this."""
    lock = locate(os.environ).lock
    with only_instance(lock):
        if written is not None:
            lock.with_name("status.json").write_text(written)
        then = datetime.now(UTC).timestamp() - lock_age
        os.utime(lock, (then, then))
        out = memoryd("status", cwd=cwd).out
    return out.partition("\n\n")[0].splitlines()


def test_a_daemon_that_is_well_is_two_lines(project: Path) -> None:
    head, work, *rest = daemon_lines(project, heartbeat(pending=2))
    assert re.fullmatch(rf"daemon: running as process {os.getpid()} since [-0-9: ]*\d\d:\d\d", head)
    assert re.fullmatch(r"  watching 3 stores; last scan \d+ s ago; 2 stores left to read", work)
    assert rest == ["index: empty; the first search reads everything"]


def test_what_the_daemon_cannot_do_is_told(project: Path, home: Path) -> None:
    then = (datetime.now(UTC) - timedelta(minutes=5, seconds=3)).isoformat()
    written = heartbeat(
        mode="polling",
        polled=[{"directory": f"{home}/mnt", "reason": "no events there"}],
        last_error={"event": "history_failed", "at": then, "reason": "the disk is full"},
        enforce=[
            {"store": f"{home}/a", "state": "left_alone", "until": None},
            {"store": f"{home}/b", "state": "conflict", "until": "2031-01-02T12:00:00+00:00"},
            *({"store": f"{home}/{n}", "state": "over_limit", "until": None} for n in range(5)),
        ],
    )
    _, work, *troubles = daemon_lines(project, written)
    assert work.startswith("  watching 3 stores, some by polling; ")
    assert troubles[0] == "  polling ~/mnt: no events there"
    assert troubles[1] == "  ~/a is over its limit: is not compacted again, because its compaction was undone"
    assert troubles[2].startswith(
        "  ~/b is over its limit: an agent wrote to it during compaction; next try 2031-"
    )
    assert troubles[6] == "  and 2 stores over their limit more"
    assert troubles[7] == "  last error 5 min ago: the disk is full (history_failed)"


@pytest.mark.parametrize(
    "written",
    [
        heartbeat(heartbeat=(datetime.now(UTC) - timedelta(minutes=4)).isoformat()),
        heartbeat(pid=1),
        "{",
        None,
    ],
    ids=["old", "of-another", "broken", "none"],
)
def test_a_daemon_that_says_nothing_is_not_believed(project: Path, written: str | None) -> None:
    (line, *_) = daemon_lines(project, written, lock_age=100)
    assert line.startswith(f"daemon: running as process {os.getpid()}, but silent since ")
    assert line.endswith(": `memoryd service restart`")


def test_a_daemon_that_has_just_begun_is_given_time(project: Path) -> None:
    assert daemon_lines(project, None)[0] == f"daemon: running as process {os.getpid()}, starting"


def test_a_daemon_that_was_killed_is_not_running(project: Path) -> None:
    lock = locate(os.environ).lock
    with only_instance(lock):
        lock.with_name("status.json").write_text(heartbeat())
    line = memoryd("status", cwd=project).out.splitlines()[0]
    assert line.startswith(f"daemon: not running; process {os.getpid()} ended unexpectedly ")
    value: dict[str, Any] = json.loads(memoryd("status", "--json", cwd=project).out)
    assert value["daemon"].items() >= {"running": False, "silent": False, "pid": None}.items()
