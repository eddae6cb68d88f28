"""What the daemon changes by itself: only what it may, only in quiet, not too often, and all on record."""

import os
import signal
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from services.daemons import Service, Start, is_whole, memoryd
from support import change_of, lines_of, long_index, plan_of, tree, write_tree

from memoryd.adapters.history import History
from memoryd.config.locations import locate
from memoryd.domain.daemon.state import EnforcementState


def configure(home: Path, text: str) -> None:
    write_tree(home / ".config" / "memoryd", {"config.toml": text})


def history(actor: str = "daemon") -> History:
    return History(locate(os.environ).history, actor)


def backdate(by: timedelta) -> None:
    """Let all operations on record be older."""
    with closing(sqlite3.connect(locate(os.environ).history, isolation_level=None)) as database:
        for identity, when in database.execute("SELECT id, time FROM operations").fetchall():
            moved = datetime.fromisoformat(when) - by
            database.execute(
                "UPDATE operations SET time = ? WHERE id = ?",
                [moved.isoformat(timespec="milliseconds"), identity],
            )


def left(service: Service, state: str) -> EnforcementState:
    """What is said of the one store over its limit, once it is in this state."""
    status = service.wait_for_status(lambda status: [each.state for each in status.enforce] == [state])
    return status.enforce[0]


def seconds_until(enforced: EnforcementState) -> float:
    assert enforced.until is not None
    return (datetime.fromisoformat(enforced.until) - datetime.now(UTC)).total_seconds()


def grow_again(root: Path) -> None:
    write_tree(root, {"MEMORY.md": (root / "MEMORY.md").read_text() + long_index()})


def test_one_rewrite_an_hour_whatever_was_restarted(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service = start()
    service.wait_for("compacted")
    assert service.stop() == 0
    grow_again(root)
    before = tree(root)
    service = start()
    waiting = left(service, "waiting")
    assert waiting.store == str(root)
    assert 3500 < seconds_until(waiting) <= 3600
    time.sleep(1)
    assert tree(root) == before
    backdate(timedelta(hours=2))
    service.process.send_signal(signal.SIGHUP)  # looks at everything again
    service.wait_for("compacted")
    assert is_whole(root)
    service.wait_for_status(lambda status: not status.enforce)


def test_two_conflicts_in_a_row_mean_a_day(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    with history() as record:
        for _ in range(2):
            plan = plan_of(change_of(root, "MEMORY.md", b"- x\n"), cause="compact")
            record.finish(record.begin(plan), "conflict")
    before = tree(root)
    service = start()
    conflict = left(service, "conflict")
    assert 86_000 < seconds_until(conflict) <= 86_400
    time.sleep(1)
    assert tree(root) == before
    backdate(timedelta(hours=25))
    service.process.send_signal(signal.SIGHUP)
    service.wait_for("compacted")


def test_an_agent_that_keeps_writing_wins(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    stop = threading.Event()

    def agent() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            write_tree(root, {"new": f"{long_index()}- {number}\n"})
            os.replace(root / "new", root / "MEMORY.md")
            time.sleep(0.0005)

    thread = threading.Thread(target=agent)
    thread.start()
    try:
        service = start(MEMORYD_SETTLE="0")
        conflict = service.wait_for("conflict")
        left(service, "conflict")
    finally:
        stop.set()
        thread.join()
    assert set(long_index().encode().split(b"\n")) <= set((root / "MEMORY.md").read_bytes().split(b"\n"))
    assert conflict["store"] == str(root)


def test_while_another_process_writes_it_waits(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    before = tree(root)
    with history("command") as other, other.turn():
        service = start()
        service.wait_for("postponed")
        assert tree(root) == before
    service.wait_for("compacted")


def test_what_a_person_took_back_is_left_alone_and_that_is_said(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service = start()
    service.wait_for("compacted")
    before = lines_of(root)
    assert memoryd("undo", "--daemon").returncode == 0
    assert left(service, "left_alone").until is None
    assert before >= lines_of(root)
    assert service.stop() == 0
    service = start()
    left(service, "left_alone")
    assert not service.events("compacted")
    status = service.status()
    assert status is not None
    assert status.last_operation == 1  # of the one before


def test_each_place_has_its_own_word(start: Start, container: Path, home: Path) -> None:
    user = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    quiet = write_tree(container / "quiet", {"MEMORY.md": long_index()})
    auto = write_tree(home / ".claude" / "projects" / "-x" / "memory", {"MEMORY.md": long_index()})
    before = tree(quiet), tree(auto)
    configure(home, '[enforce]\nauto = "report"\n"~/.claude/agent-memory/quiet" = "off"\n')
    service = start()
    service.wait_for("compacted")
    assert is_whole(user)
    over = service.wait_for("over_limit")
    assert over["store"] == str(auto)
    status = service.wait_for_status(lambda status: status.last_operation)
    assert status.enforce == (EnforcementState(str(auto), "over_limit", None),)
    time.sleep(1)
    assert (tree(quiet), tree(auto)) == before
    assert len(service.events("over_limit")) == 1


TWICE = "- [a](a.md): one\n- [a](a.md): one\n"


def test_of_other_fixes_it_applies_those_that_are_named(start: Start, container: Path, home: Path) -> None:
    plain = {"MEMORY.md": TWICE, "a.md": "---\ndescription: d\ntype: user\n---\n\na\n"}
    root = write_tree(container / "reviewer", plain)
    silenced = write_tree(
        container / "silenced", plain | {"MEMORY.md": f"<!-- memoryd: ignore-file[L006] -->\n{TWICE}"}
    )
    before = tree(root)
    service = start()
    time.sleep(1.5)
    assert tree(root) == before  # by default, nothing but compaction
    configure(home, '[daemon]\nfixes = ["S001", "L006"]\n')
    kept = tree(silenced)
    service.process.send_signal(signal.SIGHUP)
    mended = service.wait_for("mended")
    assert (mended["rules"], mended["store"]) == (["L006"], str(root))
    assert tree(root)["MEMORY.md"] == TWICE[: len(TWICE) // 2].encode()
    assert tree(silenced) == kept
    assert memoryd("undo", "--daemon").returncode == 0
    assert tree(root) == before


def test_without_compaction_among_the_fixes_it_only_reports(
    start: Start, container: Path, home: Path
) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    before = tree(root)
    configure(home, '[daemon]\nfixes = ["L006"]\n')
    service = start()
    service.wait_for("over_limit")
    time.sleep(1)
    assert tree(root) == before


def test_a_store_that_was_written_a_moment_ago_is_not_quiet(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    hour_ago = time.time() - 3700
    os.utime(root / "MEMORY.md", (hour_ago, hour_ago))  # which is no proof of anything
    service = start(MEMORYD_SETTLE="1h")
    assert 3500 < seconds_until(left(service, "waiting")) <= 3600
    assert service.stop() == 0
    start().wait_for("compacted")


def test_nothing_is_changed_until_it_was_chosen(start: Start, container: Path, home: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    before = tree(root)
    service = start(MEMORYD_ENFORCE="", MEMORYD_SETTLE="0")
    assert service.wait_for("unchosen")["reason"] == "nothing is changed until you choose: memoryd init"
    service.wait_for("over_limit")
    assert left(service, "unchosen").until is None
    write_tree(root, {"new.md": "- recorded all the same\n"})
    service.wait_for("indexed", 2)
    assert tree(root) == before | {"new.md": b"- recorded all the same\n"}
    configure(home, 'enforce = "compact"\n')
    service.process.send_signal(signal.SIGHUP)
    service.wait_for("compacted")
    assert is_whole(root)


def test_a_date_in_the_future_does_not_keep_a_store_from_its_care(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    os.utime(root / "MEMORY.md", (4e9, 4e9))
    start().wait_for("compacted")


@pytest.mark.parametrize("text", ['fixes = ["S01"]', "metric = 3"])
def test_a_wrong_setting_ends_it_with_78(home: Path, text: str) -> None:
    configure(home, f"[daemon]\n{text}\n")
    done = memoryd("run")
    assert done.returncode == 78
    assert "daemon" in done.stderr
