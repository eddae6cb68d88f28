"""The daemon as people run it: a process that watches, indexes, compacts, and leaves alone what it should."""

import json
import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pytest
from support import REPOSITORY, lines_of, long_index, needs_git, python, tree, wait_for, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.index import Index
from memoryd.config import Config, locate
from memoryd.domain.loaded import loaded_view
from memoryd.domain.profile import CLAUDE_AGENT
from memoryd.runtime import build
from memoryd.services.daemon import Daemon


class Service:
    """A running daemon and what it logs."""

    def __init__(self, output: IO[bytes], **environment: str) -> None:
        self.output = output
        own = {"MEMORYD_SETTLE": "0.3", "MEMORYD_RESCAN": "0.5", "PYTHONPATH": str(REPOSITORY)} | environment
        self.process = subprocess.Popen(python("-m", "memoryd", "run"), env=os.environ | own, stderr=output)

    def text(self) -> str:
        return Path(self.output.name).read_text()

    def events(self, name: str = "") -> list[dict[str, object]]:
        lines = [json.loads(line) for line in self.text().split("\n")[:-1]]
        return [line for line in lines if name in {"", line["event"]}]

    def wait_for(self, name: str, times: int = 1) -> dict[str, object]:
        wait_for(lambda: len(self.events(name)) >= times or self.process.poll() is not None)
        found = self.events(name)
        assert len(found) >= times, self.text()
        return found[-1]

    def stop(self) -> int:
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=20)


Start = Callable[..., Service]


@pytest.fixture
def start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    services: list[Service] = []
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)

    def start(**environment: str) -> Service:
        output = (tmp_path / f"log{len(services)}").open("wb")
        services.append(Service(output, **environment))
        services[-1].wait_for("ready")
        return services[-1]

    yield start
    for service in services:
        if service.process.poll() is None:
            assert service.stop() == 0, service.text()
        service.output.close()


@pytest.fixture
def container(home: Path) -> Path:
    return write_tree(home / ".claude" / "agent-memory", {})


def memoryd(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = python("-m", "memoryd", *arguments)
    environment = os.environ | {"PYTHONPATH": str(REPOSITORY)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def is_whole(root: Path) -> bool:
    return loaded_view((root / "MEMORY.md").read_bytes(), CLAUDE_AGENT).cut_offset is None


def test_an_index_file_over_its_limit_is_compacted_and_can_be_restored(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    before, lines = tree(root), lines_of(root)
    assert before["MEMORY.md"].count(b"\n") > 240
    service = start()
    compacted = service.wait_for("compacted")
    assert is_whole(root)
    assert lines <= lines_of(root)
    index = (root / "MEMORY.md").read_text()
    fact = next(f"fact {number}.2" for number in range(15) if f"fact {number}.2 " not in index)
    hits = memoryd("search", fact + " about the plumbing")
    assert hits.returncode == 0, hits.stderr
    assert "topic" in hits.stdout.lower()
    undone = memoryd("undo")
    assert undone.returncode == 0, undone.stderr
    assert f"took back operation {compacted['operation']}" in undone.stderr
    assert tree(root) == before
    service.wait_for("left_alone")
    assert tree(root) == before
    assert len(service.events("compacted")) == 1
    assert service.stop() == 0
    assert "plumbing" not in service.text()  # paths and counts, never memory text
    assert {"event", "level", "timestamp"} <= service.events()[0].keys()


def test_a_topic_file_that_it_saw_once_can_be_restored_byte_for_byte(start: Start, container: Path) -> None:
    raw = b"\xef\xbb\xbfcaf\xe9, in no encoding\r\nand no end"
    root = write_tree(container / "reviewer", {"MEMORY.md": "- [t](t.md)\n", "t.md": raw})
    start().wait_for("indexed")
    (root / "t.md").unlink()
    done = memoryd("restore", str(root / "t.md"))
    assert done.returncode == 0, done.stderr
    assert (root / "t.md").read_bytes() == raw


def test_what_it_does_is_recorded_as_done_by_the_daemon(start: Start, container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    start().wait_for("compacted")
    first, second = json.loads(memoryd("log", "--all", "--json").stdout)["events"]
    assert (first["cause"], first["actor"], first["status"]) == ("compact", "daemon", "done")
    assert second["cause"] is None


def test_an_index_file_that_grows_while_it_runs_is_compacted_once_it_is_quiet(
    start: Start, container: Path
) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "# Memory\n"})
    service = start(MEMORYD_RESCAN="60")
    for number in range(15):
        with (root / "MEMORY.md").open("a") as file:
            file.write(f"\n## Topic number {number}\n\n" + f"- a note on {number}\n" * 14)
    lines = lines_of(root)
    service.wait_for("compacted")
    assert is_whole(root)
    assert lines <= lines_of(root)


def test_while_an_agent_holds_a_file_open_nothing_is_rewritten(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    with (root / "MEMORY.md").open("a") as agent:
        service = start()
        service.wait_for("indexed")
        time.sleep(1)
        assert not service.events("compacted")
        agent.write("- the last word\n")
    service.wait_for("compacted")
    assert b"- the last word" in lines_of(root)


@pytest.mark.parametrize("enforce", ["report", "off"])
def test_where_it_shall_not_it_touches_nothing(start: Start, container: Path, enforce: str) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    before = tree(root)
    service = start(MEMORYD_ENFORCE=enforce)
    if enforce == "report":
        warning = service.wait_for("over_limit")
        assert warning["lines"] == before["MEMORY.md"].count(b"\n")
    else:
        time.sleep(1.5)
        assert not service.events("over_limit")
    assert tree(root) == before


@needs_git
def test_stores_and_repositories_that_appear_are_looked_after(
    start: Start, container: Path, home: Path, tmp_path: Path
) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start(MEMORYD_PROJECTS=f"{tmp_path}/src/*")
    new = write_tree(container / "tester", {"MEMORY.md": long_index()})
    project = write_tree(
        tmp_path / "src" / "app" / ".claude" / "agent-memory" / "builder", {"MEMORY.md": long_index()}
    )
    subprocess.run(["git", "init", "-q", tmp_path / "src" / "app"], check=True)
    auto = write_tree(home / ".claude" / "projects" / "-src-lib" / "memory", {"MEMORY.md": long_index()})
    service.wait_for("compacted", times=3)
    assert is_whole(new)
    assert is_whole(project)
    assert is_whole(auto)


def test_bad_files_do_not_stop_it_and_are_named_once(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "- a\n", "latin.md": b"caf\xe9\n"})
    os.mkfifo(root / "pipe.md")
    with (root / "huge.md").open("wb") as file:
        file.truncate(9 * 2**20)
    bad = write_tree(container / "broken", {"MEMORY.md": b"\xff" + b"- x\n" * 300})
    service = start(MEMORYD_RESCAN="0.1")
    new = write_tree(container / "tester", {"MEMORY.md": long_index()})
    service.wait_for("compacted")
    assert is_whole(new)
    assert (bad / "MEMORY.md").read_bytes().startswith(b"\xff")
    assert sorted(str(event["path"]) for event in service.events("unreadable")) == ["huge.md", "pipe.md"]


def test_a_file_that_must_not_be_written_is_said_and_the_next_store_has_its_turn(
    start: Start, container: Path
) -> None:
    first = write_tree(container / "a", {"MEMORY.md": long_index()})
    (first / "MEMORY.md").chmod(0o444)
    stuck = write_tree(container / "b", {"MEMORY.md": "<!-- memoryd: pin -->\n- " + "word " * 9000 + "\n"})
    before = tree(first), tree(stuck)
    second = write_tree(container / "c", {"MEMORY.md": long_index()})
    service = start()
    service.wait_for("compacted")
    assert is_whole(second)
    service.wait_for("not_compacted", times=2)
    reasons = [str(each["reason"]) for each in service.events("not_compacted")]
    assert [reason for reason in reasons if "read-only" in reason]
    assert (tree(first), tree(stuck)) == before


def test_a_container_that_was_deleted_and_made_anew_is_watched_again(start: Start, container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start()
    shutil.rmtree(container)
    time.sleep(0.7)
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service.wait_for("compacted")
    assert is_whole(root)
    indexed = len(service.events("indexed"))
    write_tree(root, {"new.md": "x\n"})
    service.wait_for("indexed", times=indexed + 1)


def test_a_second_one_is_refused_and_told_of_the_first(start: Start, container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start()
    second = memoryd("run")
    assert second.returncode == 2
    assert f"runs already as process {service.process.pid}" in second.stderr


def test_systemd_is_told_when_it_is_ready_and_when_it_stops(
    start: Start, container: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        monkeypatch.chdir(tmp_path)  # the name of a socket must be short
        listener.bind("notify")
        listener.settimeout(20)
        service = start(NOTIFY_SOCKET="notify")
        assert listener.recv(1000) == b"READY=1\nSTATUS=Watching 1 stores"
        begun = time.monotonic()
        assert service.stop() == 0
        assert time.monotonic() - begun < 10  # far below what systemd grants
        assert listener.recv(1000) == b"STOPPING=1"
    service.wait_for("stopped")


def test_what_a_killed_one_left_is_mended_at_the_start(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    before = tree(root)
    write_tree(root, {".memoryd.5.1.MEMORY.md": "- theirs\n"})
    with History(locate(os.environ).history):
        pass
    service = start()
    assert service.wait_for("recovered")["leftovers"] == 1
    assert tree(root) == before


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    """One without a process of its own, to be led step by step."""
    runtime = build()
    with Index(tmp_path / "index.db") as index, History(tmp_path / "history.db") as history:
        daemon = Daemon(Config(settle=3600), runtime.discover, index, history)
        yield daemon
        daemon._watcher.close()


def test_a_store_whose_agents_write_into_two_rewrites_is_left_alone_for_a_day(
    daemon: Daemon, container: Path
) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    daemon._rescan()
    stop = threading.Event()

    def agent() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            write_tree(root, {"new": f"{long_index()}- {number}\n"})
            os.replace(root / "new", root / "MEMORY.md")
            time.sleep(0.0005)

    pauses = []
    place = os.path.realpath(root)
    thread = threading.Thread(target=agent)
    thread.start()
    try:
        for conflicts in (1, 2):
            while daemon._conflicts.get(place, 0) < conflicts:
                daemon._not_before.clear()
                daemon._conflicts = {place: conflicts - 1}
                daemon._enforce(place)
            pauses.append(round(daemon._enforce_at[place] - time.monotonic(), -2))
    finally:
        stop.set()
        thread.join()
    assert pauses == [3600, 86400]


def test_while_another_process_writes_a_compaction_is_put_off(
    daemon: Daemon, container: Path, tmp_path: Path
) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    before = tree(root)
    daemon._rescan()
    place = os.path.realpath(root)
    daemon._enforce_at.clear()
    with History(tmp_path / "history.db") as other, other.turn():
        daemon._enforce(place)
    assert tree(root) == before
    assert place in daemon._enforce_at
    daemon._enforce(place)
    assert is_whole(root)


def test_a_store_that_makes_trouble_does_not_stop_the_care_for_the_others(
    daemon: Daemon, container: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    daemon._rescan()

    def trouble(_: str) -> None:
        raise ZeroDivisionError

    daemon._guarded("a store", trouble)
    assert "ZeroDivisionError" in capsys.readouterr().out


def test_every_version_an_agent_writes_is_recorded(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "- one\n"})
    service = start(MEMORYD_RESCAN="60")
    write_tree(root, {"MEMORY.md": "- two\n"})
    service.wait_for("indexed", times=2)
    (root / "MEMORY.md").unlink()
    service.wait_for("indexed", times=3)
    assert service.stop() == 0
    with History(locate(os.environ).history) as history:
        versions = [content for _, content in history.versions(f"{root}/MEMORY.md")]
    assert versions == [b"- one\n", b"- two\n", None]
