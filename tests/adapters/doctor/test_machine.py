import os
import subprocess
import sys
from pathlib import Path

import pytest
from support import REPOSITORY, is_root, write_tree

from memoryd.adapters.doctor import machine
from memoryd.adapters.edits.probe import can_exchange


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
