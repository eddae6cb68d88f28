import os
import sys
import time
from pathlib import Path

import pytest
from support import wait_for, write_tree

from memoryd.adapters.daemon.notifier import Notifier, desktop_command

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")  # of threads that pytest has


def recorder(tmp_path: Path, name: str = "seen") -> list[str]:
    """A command that writes down its arguments, one a line."""
    text = f"#!/bin/sh\nprintf '%s\\n' \"$@\" >> {tmp_path}/{name}\n"
    write_tree(tmp_path, {f"{name}.sh": text})
    (tmp_path / f"{name}.sh").chmod(0o755)
    return [str(tmp_path / f"{name}.sh"), "--mine"]


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_every_command_gets_the_title_and_the_sentence_and_no_shell_reads_them(tmp_path: Path) -> None:
    notifier = Notifier([recorder(tmp_path), ["/no/such/command"], recorder(tmp_path, "too")])
    notifier.tell("loss", "$(touch x); `touch y` \"'; touch z")
    for name in ("seen", "too"):
        wait_for(lambda name=name: len(lines(tmp_path / name)) == 3)  # type: ignore[misc]
        assert lines(tmp_path / name) == ["--mine", "memoryd: loss", "$(touch x); `touch y` \"'; touch z"]
    assert not {"x", "y", "z"} & set(os.listdir(tmp_path)) | ({"x", "y", "z"} & set(os.listdir()))
    notifier.close()


def test_many_at_once_are_cut(tmp_path: Path) -> None:
    notifier = Notifier([recorder(tmp_path)])
    for number in range(30):
        notifier.tell("conflict", str(number))
    wait_for(lambda: len(lines(tmp_path / "seen")) == 18)
    notifier.close()
    assert lines(tmp_path / "seen")[2::3] == list(map(str, range(6)))


def test_the_helper_ends_with_the_daemon_and_holds_nothing_open(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    notifier = Notifier([recorder(tmp_path)])
    os.close(writer)
    assert os.read(reader, 1) == b""  # the helper does not hold the other end
    os.close(reader)
    begun = time.monotonic()
    notifier.close()
    assert time.monotonic() - begun < 20


@pytest.mark.skipif(sys.platform == "darwin", reason="macOS has another command")
def test_a_desktop_is_found_by_its_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert desktop_command() is None
    write_tree(tmp_path, {"notify-send": "#!/bin/sh\n"})
    (tmp_path / "notify-send").chmod(0o755)
    assert desktop_command() == (str(tmp_path / "notify-send"), "--app-name=memoryd", "--")
