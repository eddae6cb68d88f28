"""`memoryd doctor` in situations that people get into."""

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cli.program import Terminal, memoryd
from house.documentation import text_of
from support import REPOSITORY, is_root, store_of, tree, write_tree

from memoryd.adapters.daemon.process import only_instance
from memoryd.adapters.daemon.status_file import write_status
from memoryd.adapters.doctor import machine
from memoryd.adapters.edits.probe import can_exchange
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.config import Config, variables
from memoryd.config.locations import locate
from memoryd.domain.daemon.state import DaemonStatus, PolledDirectory, Trouble
from memoryd.domain.doctor import Precondition, State
from memoryd.services.doctor.doctor import Case
from memoryd.services.doctor.machine import of_machine

Look = Callable[..., "Seen"]


class Seen:
    """What the doctor said."""

    def __init__(self, code: int, out: str) -> None:
        self.code = code
        self.checks: list[dict[str, str | None]] = json.loads(out)["checks"]

    def of(self, name: str) -> tuple[str, str]:
        """State and message of the one check of that name."""
        (found,) = (each for each in self.checks if each["name"] == name)
        return str(found["state"]), str(found["message"])

    def names(self) -> set[str]:
        return {str(each["name"]) for each in self.checks}


def files(home: Path) -> dict[str, bytes]:
    """All of them, but what SQLite shares between those that have a database open."""
    return {name: content for name, content in tree(home).items() if not name.endswith("-shm")}


@pytest.fixture
def look(tmp_path: Path, home: Path) -> Look:
    write_tree(home / ".claude" / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n"})

    def look(**environment: str) -> Seen:
        before = files(home)
        done = memoryd("doctor", "--json", cwd=tmp_path, **environment)
        assert done.err == ""
        assert files(home) == before  # it changes nothing
        return Seen(done.code, done.out)

    return look


@pytest.fixture
def known(look: Look, tmp_path: Path) -> Look:
    """With history and index."""
    assert look().code == 0
    assert memoryd("search", "a", cwd=tmp_path).code == 0
    assert memoryd("log", "--all", cwd=tmp_path).code == 0
    return look


@pytest.fixture
def history(known: Look, home: Path) -> Iterator[sqlite3.Connection]:
    del known
    with closing(sqlite3.connect(home / ".local" / "state" / "memoryd" / "history.db")) as database:
        yield database


def test_all_is_well_where_nothing_is_wrong(known: Look, tmp_path: Path) -> None:
    seen = known()
    assert seen.code == 0
    assert {each["state"] for each in seen.checks if each["name"] not in {"daemon", "service"}} == {"ok"}
    shown = memoryd("doctor", cwd=tmp_path)
    assert shown.out.count("✓") == sum(each["state"] == "ok" for each in seen.checks)
    assert shown.out.count("\n  → ") == sum(each["remedy"] is not None for each in seen.checks)
    assert re.search(r"^0 errors, [12] warnings?$", shown.out, re.MULTILINE)


def test_on_a_terminal_sentences_are_wrapped_between_words(known: Look, tmp_path: Path) -> None:
    assert known().code == 0
    shown = Terminal("doctor", cwd=tmp_path, columns=60, TERM="dumb").finish().out
    assert max(map(len, shown.splitlines())) <= 60
    assert "⚠ the daemon does not run: memory is searched and checked\n  when asked, but" in shown


def test_a_machine_without_any_memory_is_not_ill(tmp_path: Path) -> None:
    done = memoryd("doctor", cwd=tmp_path)
    assert done.code == 0
    assert "⚠ no memory store is known\n  → " in done.out


def test_a_bad_configuration_is_said_and_the_rest_is_looked_at(known: Look, home: Path) -> None:
    write_tree(home / ".config" / "memoryd", {"config.toml": "setle = 5\n"})
    seen = known()
    assert seen.code == 1
    state, message = seen.of("configuration")
    assert (state, "unknown key “setle”" in message) == ("error", True)
    assert seen.of("stores") == ("ok", "1 store known: 1 user")


def test_the_variables_it_knows_are_those_of_the_topic(look: Look) -> None:
    assert set(re.findall(r"MEMORYD_[A-Z_]+", text_of("configuration"))) == variables()
    seen = look(MEMORYD_SETLE="5m", MEMORYD_RESCAN="5m")
    messages = [(each["state"], each["message"]) for each in seen.checks if each["name"] == "variables"]
    assert messages == [
        ("ok", "set in this shell: MEMORYD_RESCAN"),
        ("warning", "memoryd knows no MEMORYD_SETLE"),
    ]


def test_patterns_that_lead_nowhere_are_named(look: Look, home: Path) -> None:
    (home / "src" / "app").mkdir(parents=True)
    text = 'projects = ["~/src/*", "~/cod/*", "src/*"]\n'
    write_tree(home / ".config" / "memoryd", {"config.toml": text})
    messages = [each["message"] for each in look().checks if each["name"] == "projects"]
    assert messages == ["begins neither with / nor with ~/: src/*", "no directory is like ~/cod/*"]


def test_numbers_for_prometheus_need_a_place(look: Look, home: Path) -> None:
    write_tree(
        home / ".config" / "memoryd", {"config.toml": '[daemon]\nmetrics = "~/metrics/memoryd.prom"\n'}
    )
    assert look().of("metrics")[1] == f"no numbers for Prometheus can be written to {home}/metrics"
    (home / "metrics").mkdir()
    assert "metrics" not in look().names()


@pytest.mark.skipif(is_root(), reason="root may read and write everything")
def test_stores_that_cannot_be_read_or_written_are_named(look: Look, home: Path) -> None:
    container = home / ".claude" / "agent-memory"
    write_tree(container, {"closed/MEMORY.md": "- a\n", "fixed/MEMORY.md": "- a\n"})
    (container / "closed").chmod(0)
    (container / "fixed").chmod(0o500)
    try:
        done = memoryd("doctor", "--json", cwd=home)
    finally:
        (container / "closed").chmod(0o700)
        (container / "fixed").chmod(0o700)
    seen = Seen(done.code, done.out)
    assert [each["message"] for each in seen.checks if each["name"] == "access"] == [
        f"cannot be read: {container}/closed",
        f"cannot be written to, so nothing is mended there: {container}/fixed",
    ]
    assert (seen.code, look().code) == (1, 0)


def test_an_index_file_that_is_never_rewritten_is_named(look: Look, home: Path) -> None:
    index = home / ".claude" / "agent-memory" / "reviewer" / "MEMORY.md"
    index.rename(home / "elsewhere.md")
    index.symlink_to(home / "elsewhere.md")
    state, message = look().of("access")
    assert (state, message) == ("warning", f"never rewritten, since it is a symbolic link: {index}")


def test_a_store_in_another_one_is_named(look: Look, home: Path) -> None:
    write_tree(home, {"notes/MEMORY.md": "- a\n", "notes/sub/MEMORY.md": "- b\n"})
    text = '[profiles.a]\nplaces = ["~/notes"]\n[profiles.b]\nplaces = ["~/notes/sub"]\n'
    write_tree(home / ".config" / "memoryd", {"config.toml": text})
    state, message = look().of("nested")
    assert (state, message.endswith(f"{home}/notes/sub in {home}/notes")) == ("warning", True)


def test_what_an_interrupted_write_left_is_named(look: Look, home: Path) -> None:
    assert look().of("leftovers")[0] == "ok"
    root = home / ".claude" / "agent-memory" / "reviewer"
    write_tree(root, {".memoryd.5.1.MEMORY.md": "- theirs\n"})
    state, message = look().of("leftovers")
    assert (state, f"{root}/.memoryd.5.1.MEMORY.md" in message) == ("warning", True)
    locations = locate(os.environ)
    with only_instance(locations.lock):  # a daemon may be at it this moment
        assert look().of("leftovers")[0] == "ok"


def test_a_store_with_two_histories_is_named(known: Look, home: Path, tmp_path: Path) -> None:
    root = home / ".claude" / "agent-memory" / "reviewer"
    other = root.with_name("alias")
    other.symlink_to(root)
    assert "names" not in known().names()
    assert memoryd("log", str(other), cwd=tmp_path).code == 0
    state, message = known().of("names")
    assert (state, str(root) in message, str(other) in message) == ("warning", True, True)


def test_a_history_that_others_can_read_is_an_error(known: Look, home: Path) -> None:
    path = home / ".local" / "state" / "memoryd" / "history.db"
    path.chmod(0o644)
    assert known().of("history")[0] == "ok"  # behind a closed door
    path.parent.chmod(0o755)
    seen = known()
    messages = [each["message"] for each in seen.checks if each["name"] == "history"]
    assert (seen.code, messages[0]) == (1, f"others may read {path} (mode 0644)")


def test_damaged_databases_are_found(known: Look, home: Path) -> None:
    for path in (home / ".local/state/memoryd/history.db", home / ".cache/memoryd/index.db"):
        with closing(sqlite3.connect(path)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        with path.open("r+b") as file:
            file.seek(4096)
            file.write(b"\xa5" * 4096 * 3)
    seen = known()
    assert (seen.code, seen.of("history")[0], seen.of("index")[0]) == (1, "error", "warning")
    assert "damaged" in seen.of("history")[1]


def test_a_history_of_a_newer_memoryd_is_an_error(known: Look, history: sqlite3.Connection) -> None:
    history.execute("PRAGMA user_version = 99")
    state, message = known().of("history")
    assert (state, message.endswith("was written by a newer memoryd")) == ("error", True)


def test_an_operation_that_was_interrupted_is_named(known: Look, history: sqlite3.Connection) -> None:
    history.execute(
        "INSERT INTO operations (id, time, cause, status) VALUES (7, '2026-01-01', 'x', 'intent')"
    )
    history.commit()
    assert known().of("unfinished") == ("warning", "interrupted in between: operation 7")


def test_a_clock_that_was_wrong_is_told(known: Look, history: sqlite3.Connection) -> None:
    assert "clock" not in known().names()
    ahead = (datetime.now(UTC) + timedelta(days=400)).isoformat(timespec="milliseconds")
    history.execute("UPDATE versions SET time = ?", [ahead])
    history.commit()
    state, message = known().of("clock")
    assert (state, ahead[:10] in message) == ("warning", True)


def status(pid: int, age: timedelta, **more: object) -> DaemonStatus:
    then = (datetime.now(UTC) - age).isoformat(timespec="seconds")
    values: dict[str, object] = dict.fromkeys(("stores", "files", "pending"), 1)
    values |= {"last_scan": None, "last_error": None, "polled": (), "enforce": (), "last_operation": None}
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


@pytest.mark.parametrize(
    ("version", "state"), [("2.1.329", "ok"), ("2.1.332", "ok"), ("2.1.328", "warning"), ("3.0.0", "warning")]
)
def test_the_client_is_compared_with_those_measured(home: Path, look: Look, version: str, state: str) -> None:
    project = home / ".claude" / "projects" / "-shop"
    write_tree(project, {"a.jsonl": '{"version": "1.0.0"}\n', "b.jsonl": "not json\n"})
    os.utime(project / "a.jsonl", (1, 1))
    record = json.dumps({"cwd": "/shop", "version": version})
    (project / "b.jsonl").write_text(f'{record}\n{{"version": 7}}\n{{"version": cut')
    seen = look().of("client")
    assert seen[0] == state
    assert "2.1.329 to 2.1.332" in seen[1]
    assert f"runs {version}" in seen[1]


def test_without_session_records_there_is_nothing_to_say_of_the_client(look: Look) -> None:
    assert "client" not in look().names()


def judged(root: Path) -> dict[str, Precondition]:
    case = Case(locate(os.environ), Config(), FoundStores((store_of(root),)))
    return {each.name: each for each in of_machine(case)}


@pytest.mark.skipif(machine.watching() is None, reason="there is no inotify")
def test_limits_of_inotify_are_compared_with_what_is_needed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(50):
        write_tree(tmp_path / "store" / f"d{number}", {"a.md": "a\n"})
    limits = {"max_user_instances": "10000", "max_user_watches": "1000000", "max_queued_events": "16384"}
    monkeypatch.setattr(machine, "_LIMITS", str(write_tree(tmp_path / "limits", limits)))
    assert judged(tmp_path / "store")["watches"].message.startswith("51 directories to watch; ")
    for name, value in (("max_user_watches", "40"), ("max_user_instances", "0")):
        write_tree(tmp_path / "limits", limits | {name: value})
        found = judged(tmp_path / "store")["watches"]
        assert (found.state, f"fs.inotify.{name}" in str(found.remedy)) == (State.WARNING, True)
    raised = re.search(r"max_user_instances=(\d+)", str(found.remedy))
    assert raised is not None
    assert int(raised[1]) >= 1
    write_tree(tmp_path / "limits", limits | {"max_queued_events": "100"})
    assert "max_queued_events is 100" in judged(tmp_path / "store")["watches"].message


def test_what_a_process_watches_is_counted(tmp_path: Path) -> None:
    before = machine.watching()
    if before is None:
        pytest.skip("there is no inotify")
    from watchdog.events import FileSystemEventHandler  # noqa: PLC0415
    from watchdog.observers import Observer  # noqa: PLC0415  # only where there is one

    write_tree(tmp_path / "a", {"b/c.md": "x\n"})
    observer = Observer()
    observer.start()
    observer.schedule(FileSystemEventHandler(), str(tmp_path / "a"), recursive=True)
    try:
        assert machine.watches_of(os.getpid())[0] >= 1
        assert machine.watches_of(os.getpid())[1] >= 2
    finally:
        observer.stop()
        observer.join()


def test_files_can_be_swapped_here_and_the_try_leaves_nothing(tmp_path: Path) -> None:
    assert can_exchange(str(tmp_path)) is not None
    assert list(tmp_path.iterdir()) == []
    assert can_exchange(str(tmp_path / "absent")) is None


needs_mounts = pytest.mark.skipif(
    not is_root()
    or subprocess.run(["unshare", "-m", "true"], capture_output=True, check=False).returncode != 0,
    reason="needs root, for mounts",
)


@needs_mounts
def test_a_full_disk_and_a_mounted_place_are_seen_as_they_are(tmp_path: Path) -> None:
    place = tmp_path / "a small\\disk"
    place.mkdir()
    script = f"""
import os, sys
from pathlib import Path
from memoryd.adapters.doctor import machine
print(machine.filesystem({str(place)!r}), machine.room({str(place / "not" / "yet")!r}).size < 2**20)
"""
    program = tmp_path / "program.py"
    program.write_text(script)
    done = subprocess.run(
        [
            "unshare",
            "-m",
            "sh",
            "-c",
            'mount -t tmpfs -o size=512k none "$1" && "$2" "$3"',
            "sh",
            place,
            sys.executable,
            program,
        ],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout == "tmpfs True\n", done.stderr
