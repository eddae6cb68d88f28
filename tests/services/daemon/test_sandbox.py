import os
import sys
from pathlib import Path

import pytest
from services.daemons import Start, is_whole, memoryd
from support import landlock_version, long_index, wait_for, write_tree

from memoryd.domain.daemon.state import SANDBOX_ON
from memoryd.services.daemon.sandbox import OFF, Sandbox

needs_landlock = pytest.mark.skipif(
    sys.platform != "linux" or landlock_version() < 1, reason="this kernel has no Landlock, or it is off"
)


@needs_landlock
def test_a_confined_daemon_keeps_limits(start: Start, container: Path) -> None:
    store = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service = start()
    service.wait_for("compacted")
    assert is_whole(store)
    status = service.wait_for_status(lambda status: status.mode == "watching")
    assert (status.sandbox, status.outside) == (SANDBOX_ON, ())
    text = Path(f"/proc/{service.process.pid}/status").read_text()
    assert "NoNewPrivs:\t1\n" in text
    later = write_tree(container / "later", {"MEMORY.md": long_index()})
    wait_for(lambda: is_whole(later))
    assert "daemon can write to memory and its own directories only" in memoryd("doctor").stdout
    assert service.stop() == 0


@needs_landlock
def test_a_store_that_appears_outside_is_left_alone_and_named(
    start: Start, container: Path, tmp_path: Path
) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- a\n"})
    project = write_tree(tmp_path / "code", {"README.md": "x\n"})
    service = start(MEMORYD_PROJECTS=str(project))
    service.wait_for("ready")
    store = write_tree(project / ".claude" / "agent-memory" / "new", {"MEMORY.md": long_index()})
    status = service.wait_for_status(lambda status: status.outside)
    assert status.outside == (os.path.realpath(store),)
    assert service.wait_for("outside_sandbox")["store"] == os.path.realpath(store)
    assert "is outside the sandbox" in memoryd("status").stdout
    assert service.process.poll() is None
    assert not is_whole(store)
    assert not service.events("error")
    service.stop()
    again = start(MEMORYD_PROJECTS=str(project))
    wait_for(lambda: is_whole(store))
    again.stop()


def test_the_sandbox_can_be_switched_off(start: Start, container: Path, home: Path) -> None:
    write_tree(home / ".config" / "memoryd", {"config.toml": '[daemon]\nsandbox = "off"\n'})
    store = write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service = start()
    service.wait_for("compacted")
    assert is_whole(store)
    status = service.wait_for_status(lambda status: status.mode == "watching")
    assert status.sandbox == OFF.reason
    assert f"no sandbox: {OFF.reason}" in memoryd("status").stdout
    service.stop()


def test_what_a_sandbox_covers() -> None:
    sandbox = Sandbox(("/a/b",))
    assert [sandbox.covers(path) for path in ("/a/b", "/a/b/c", "/a/bc", "/a", "/x")] == [
        True,
        True,
        False,
        False,
        False,
    ]
    assert OFF.covers("/x")
