"""The daemon as people run it: a process that watches, indexes, compacts, and leaves alone what it should."""

import json
import os
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from services.daemons import Start, is_whole, memoryd
from support import lines_of, long_index, needs_git, tree, write_tree

from memoryd.adapters.history import History
from memoryd.config.locations import locate


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
    undone = memoryd("undo", "--daemon")
    assert undone.returncode == 0, undone.stderr
    assert f"Undid operation {compacted['operation']}" in undone.stderr
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
    # a running sandbox cannot be widened for a new repository
    write_tree(home / ".config" / "memoryd", {"config.toml": '[daemon]\nsandbox = "off"\n'})
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
    assert f"already runs as process {service.process.pid}" in second.stderr


def test_what_a_killed_one_left_is_mended_at_the_start(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    before = tree(root)
    write_tree(root, {".memoryd.5.1.MEMORY.md": "- theirs\n"})
    with History(locate(os.environ).history):
        pass
    service = start()
    assert service.wait_for("recovered")["leftovers"] == 1
    assert tree(root) == before


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
