"""Each trap of watching, through the real daemon: it notices, heals, and says so.

Where events or supervision are to be proved, the full scan is an hour away.
"""

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import pytest
from faults.disks import tmpfs
from services.daemons import Service, Start, memoryd
from support import is_root, needs_git, tree, wait_for, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.search.index import Index
from memoryd.config.locations import locate

FAR = "1h"
INOTIFY = Path("/proc/sys/fs/inotify")
UNSHARE = shutil.which("unshare")
SETPRIV = shutil.which("setpriv")
needs_inotify = pytest.mark.skipif(not INOTIFY.exists(), reason="there is no inotify here")


def counts() -> dict[str, int]:
    """How many documents are indexed, by the name of the store."""
    with Index(locate(os.environ).index) as index:
        return {root.rpartition("/")[2]: count for root, count in index.counts().items()}


def recorded(path: Path) -> list[bytes | None]:
    with History(locate(os.environ).history) as history:
        return [content for _, content in history.versions(str(path))]


def is_indexed_soon(service: Service, root: Path, name: str = "new.md") -> None:
    before = len(service.events("indexed"))
    write_tree(root, {name: f"{name}\n"})
    service.wait_for("indexed", times=before + 1)
    wait_for(lambda: counts()[root.name] == len(tree(root)))


def limited(**limits: int) -> tuple[str, ...]:
    """A command that runs another one with lower limits of inotify, in a user namespace of its own."""
    if UNSHARE is None:
        pytest.skip("unshare is not installed")
    lines = [f"echo {number} > /proc/sys/user/max_inotify_{name}" for name, number in limits.items()]
    command = (UNSHARE, "-U", "-r", "sh", "-c", " && ".join([*lines, 'exec "$@"']), "sh")
    if subprocess.run([*command, "true"], capture_output=True, check=False).returncode:
        pytest.skip("limits of inotify cannot be lowered in a user namespace here")
    return command


@needs_inotify
def test_events_that_were_lost_are_made_up_for(start: Start, container: Path) -> None:
    most = int((INOTIFY / "max_queued_events").read_text())
    if most > 50_000:
        pytest.skip(f"a queue of {most:,} events takes long to overflow")
    root = write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start(MEMORYD_RESCAN=FAR)
    service.process.send_signal(signal.SIGSTOP)  # now nobody reads the queue
    for number in range(most // 2):
        os.close(os.open(root / f"{number % 7}.txt", os.O_WRONLY | os.O_CREAT))
        os.unlink(root / f"{number % 7}.txt")
    write_tree(root, {"lost.md": "x\n"})
    write_tree(container / "new", {"MEMORY.md": "- b\n"})
    service.process.send_signal(signal.SIGCONT)
    assert "overflow" in str(service.wait_for("doubted")["reason"])
    wait_for(lambda: counts() == {"reviewer": 2, "new": 1})
    is_indexed_soon(service, root)
    is_indexed_soon(service, container / "new")


@needs_inotify
def test_where_watches_are_used_up_it_looks_itself_and_says_what_to_raise(
    start: Start, container: Path
) -> None:
    for number in range(8):
        write_tree(container / f"agent{number}", {"MEMORY.md": "- a\n"})
    service = start(*limited(watches=5), MEMORYD_RESCAN="1")
    reason = str(service.wait_for("not_watched")["reason"])
    assert "raise fs.inotify.max_user_watches" in reason
    status = service.wait_for_status(lambda status: status.mode == "polling")
    assert [(each.directory, each.reason) for each in status.polled] == [(str(container), reason)]
    for number in range(8):
        is_indexed_soon(service, container / f"agent{number}")
    assert len(service.events("not_watched")) == 1
    pid = service.process.pid
    raise_it = ["nsenter", "-t", str(pid), "-U", "sh", "-c", "echo 99 > /proc/sys/user/max_inotify_watches"]
    if not subprocess.run(raise_it, check=False).returncode:
        service.wait_for_status(lambda status: status.mode == "watching" and not status.polled)


@needs_inotify
def test_where_there_is_no_instance_left_it_looks_itself(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start(*limited(instances=0), MEMORYD_RESCAN="1")
    assert "raise fs.inotify.max_user_instances" in str(service.wait_for("not_watched")["reason"])
    is_indexed_soon(service, root)
    is_indexed_soon(service, write_tree(container / "second", {}))
    assert service.stop() == 0


def test_the_first_store_of_all_is_found(start: Start, home: Path) -> None:
    service = start(MEMORYD_RESCAN="0.5")
    assert service.events("ready")[0]["stores"] == 0
    user = write_tree(home / ".claude" / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n"})
    service.wait_for("indexed")
    here = write_tree(Path.cwd() / ".claude" / "agent-memory" / "builder", {"MEMORY.md": "- b\n"})
    service.wait_for("indexed", times=2)
    is_indexed_soon(service, user)
    is_indexed_soon(service, here)


@needs_git
def test_a_repository_that_a_session_names_is_found(start: Start, home: Path, tmp_path: Path) -> None:
    service = start(MEMORYD_RESCAN="0.5")
    app = tmp_path / "app"
    root = write_tree(app / ".claude" / "agent-memory-local" / "builder", {"MEMORY.md": "- b\n"})
    subprocess.run(["git", "init", "-q", app], check=True)
    slug = home / ".claude" / "projects" / "-app"
    write_tree(slug, {"session.jsonl": f'{{"cwd":"{app}"}}\n'})
    service.wait_for("indexed")
    is_indexed_soon(service, root)
    auto = write_tree(slug / "memory", {"MEMORY.md": "- c\n"})
    service.wait_for("indexed", times=3)
    is_indexed_soon(service, auto)


def test_a_container_that_is_renamed_and_comes_back_loses_nothing(start: Start, container: Path) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "- a\n", "b.md": "b\n"})
    service = start(MEMORYD_RESCAN="0.5")
    away = container.rename(container.with_name("away"))
    service.wait_for_status(lambda status: status.stores == 0)
    assert counts() == {"reviewer": 2}
    away.rename(container)
    service.wait_for_status(lambda status: status.stores == 1)
    is_indexed_soon(service, root)
    assert recorded(root / "b.md") == [b"b\n"]  # it was never gone


def test_a_container_that_becomes_a_link_is_watched_where_it_leads(
    start: Start, container: Path, tmp_path: Path
) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    service = start(MEMORYD_RESCAN="0.5")
    shutil.move(container, tmp_path / "elsewhere")
    container.symlink_to(tmp_path / "elsewhere")
    service.wait_for_status(lambda status: status.stores == 1)
    is_indexed_soon(service, container / "reviewer")
    is_indexed_soon(service, write_tree(tmp_path / "elsewhere" / "second", {}))
    assert not service.status() or service.status().mode == "watching"  # type: ignore[union-attr]


@pytest.mark.skipif(is_root() and SETPRIV is None, reason="setpriv is not installed")
@pytest.mark.parametrize("below", ["", "reviewer"])
def test_what_may_not_be_read_for_a_while_is_not_gone(start: Start, container: Path, below: str) -> None:
    root = write_tree(container / "reviewer", {"MEMORY.md": "- a\n", "b.md": "b\n"})
    bound = (SETPRIV or "", "--bounding-set=-dac_override,-dac_read_search") if is_root() else ()
    service = start(*bound, MEMORYD_RESCAN="0.5")
    place = container / below
    place.chmod(0)
    try:
        if below:
            service.wait_for("unreadable")
        else:
            service.wait_for_status(lambda status: status.stores == 0)
        time.sleep(1)
        if not below:  # else the index may lack what was listed just before and could not be read any more
            assert counts() == {"reviewer": 2}
    finally:
        place.chmod(0o700)
    service.wait_for_status(lambda status: (status.stores, status.mode) == (1, "watching"))
    is_indexed_soon(service, root)
    assert recorded(root / "b.md") == [b"b\n"]


def test_directories_that_move_are_followed(start: Start, container: Path, tmp_path: Path) -> None:
    root = write_tree(
        container / "reviewer", {"MEMORY.md": "- a\n", "sub/b.md": "b\n", "sub/deep/c.md": "c\n"}
    )
    ready = write_tree(tmp_path / "ready", {"d.md": "d\n", "deep/e.md": "e\n"})
    service = start(MEMORYD_RESCAN=FAR)
    gone = (root / "sub").rename(tmp_path / "gone")
    service.wait_for("indexed", times=2)
    assert counts() == {"reviewer": 1}
    write_tree(gone, {"b.md": "written outside\n", "deep/new.md": "x\n"})
    ready.rename(root / "ready")
    service.wait_for("indexed", times=3)
    assert counts() == {"reviewer": 3}
    write_tree(root / "ready" / "deep", {"f.md": "f\n"})
    service.wait_for("indexed", times=4)
    (root / "ready").rename(root / "there")
    service.wait_for("indexed", times=5)
    write_tree(root / "there" / "deep", {"f.md": "after the move\n"})
    service.wait_for("indexed", times=6)
    assert recorded(root / "there" / "deep" / "f.md")[-1] == b"after the move\n"
    assert recorded(root / "sub" / "b.md") == [b"b\n", None]


@pytest.mark.skipif(not is_root(), reason="only root mounts")
@pytest.mark.parametrize("whole", [True, False])
def test_a_file_system_that_is_away_empties_nothing(start: Start, container: Path, *, whole: bool) -> None:
    write_tree(container / "other", {"MEMORY.md": "- a\n"})
    place = container.with_name("agent-memory-local") if whole else container / "reviewer"
    with tmpfs(place, "1m"):
        root = write_tree(place / "reviewer" if whole else place, {"MEMORY.md": "- a\n", "b.md": "b\n"})
        service = start(MEMORYD_RESCAN="0.5")
        assert counts() == {"other": 1, "reviewer": 2}
    service.wait_for("unmounted")
    time.sleep(1)
    assert counts() == {"other": 1, "reviewer": 2}
    assert recorded(root / "b.md") == [b"b\n"]
    assert len(service.events("unmounted")) == 1


def test_an_index_that_is_deleted_is_made_anew(start: Start, container: Path) -> None:
    for number in range(3):
        write_tree(container / f"agent{number}", {"MEMORY.md": "- a\n", "b.md": "b\n"})
    service = start(MEMORYD_RESCAN="0.5")
    index = locate(os.environ).index
    index.unlink()
    service.wait_for("index_healed")
    wait_for(lambda: counts() == {f"agent{number}": 2 for number in range(3)})
    is_indexed_soon(service, container / "agent1")


def test_what_another_process_took_out_of_the_index_comes_back(start: Start, container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    start(MEMORYD_RESCAN="0.5")
    time.sleep(2.5)  # from now on a glance is enough
    with Index(locate(os.environ).index) as index:
        index.purge()
    wait_for(lambda: counts() == {"reviewer": 1})


@pytest.mark.slow
@needs_inotify
def test_a_thousand_stores_cost_one_watch_and_few_threads(start: Start, container: Path) -> None:
    for number in range(1000):
        write_tree(container / f"agent{number}", {"MEMORY.md": "- a\n"})
    service = start()
    lines = Path(f"/proc/{service.process.pid}/status").read_text().splitlines()
    (threads,) = (int(line.split()[1]) for line in lines if line.startswith("Threads:"))
    assert threads <= 6 + 1
    descriptors = len(os.listdir(f"/proc/{service.process.pid}/fd"))
    assert descriptors < 40
    assert memoryd("search", "a").returncode == 0
