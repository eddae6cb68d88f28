import os
import time
from datetime import UTC, datetime, timedelta

from services.doctor.looking import Look

from memoryd.adapters.daemon.process import only_instance
from memoryd.adapters.daemon.status_file import write_status
from memoryd.config.locations import locate
from memoryd.domain.daemon.state import DaemonStatus, PolledDirectory, Trouble


def status(pid: int, age: timedelta, **more: object) -> DaemonStatus:
    then = (datetime.now(UTC) - age).isoformat(timespec="seconds")
    values: dict[str, object] = dict.fromkeys(("stores", "files", "pending"), 1)
    values |= {"last_scan": None, "last_error": None, "polled": (), "enforce": (), "last_operation": None}
    values |= {"sandbox": "on", "outside": ()}
    return DaemonStatus(version=1, pid=pid, started=then, heartbeat=then, mode="watching", **values | more)  # type: ignore[arg-type]


def test_a_daemon_is_believed_only_while_it_gives_signs_of_life(look: Look) -> None:
    assert look().of("daemon")[0] == "warning"
    lock = locate(os.environ).lock
    with only_instance(lock):
        assert look().of("daemon") == (
            "ok",
            f"the daemon is running as process {os.getpid()}, starting",
        )
        os.utime(lock, (0, time.time() - 400))
        assert look().of("daemon")[0] == "error"
        path = lock.with_name("status.json")
        write_status(path, status(os.getpid(), timedelta(seconds=70)))
        assert look().of("daemon")[0] == "ok"
        write_status(path, status(os.getpid(), timedelta(minutes=4)))
        seen = look()
        assert (seen.code, seen.of("daemon")[0]) == (1, "error")
        assert "silent since" in seen.of("daemon")[1]
        trouble = Trouble("failed", "2026-01-01T00:00:00+00:00", "no room")
        polled = (PolledDirectory("/somewhere", "raise fs.inotify.max_user_watches"),)
        write_status(path, status(os.getpid(), timedelta(0), last_error=trouble, polled=polled))
        seen = look()
        state, message = seen.of("last_error")
        assert (state, message.endswith(" the daemon logged: no room")) == ("warning", True)
        assert "/somewhere: raise fs.inotify.max_user_watches" in seen.of("watching")[1]
    assert look().of("daemon")[0] == "warning"  # what a dead one said does not count
