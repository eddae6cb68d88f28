"""What launchctl is asked, by a script in its place that behaves as its manual says."""

import os
from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.service.launchd import Launchd
from memoryd.domain.service import LABEL
from memoryd.errors import MemorydError

_LAUNCHCTL = """#!/bin/sh
echo "$@" >> asked
case "$1 $2" in
    "print gui/$(id -u)") exit 0 ;;
    "print "*) test -f loaded && printf 'state = running\\n\\tpid = 42\\n\\tlast exit code = 0\\n' ;;
    "bootstrap gui/$(id -u)") test ! -f loaded && touch loaded ;;
    "bootout "*) rm loaded ;;
    *) test -f loaded || { echo "Could not find service" >&2; exit 113; } ;;
esac
"""


@pytest.fixture
def asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_tree(tmp_path, {"programs/launchctl": _LAUNCHCTL})
    (tmp_path / "programs" / "launchctl").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'programs'}:{os.environ['PATH']}")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "asked"


def test_an_agent_is_loaded_anew_and_forgotten(asked: Path, home: Path) -> None:
    service = Launchd()
    assert service.unreachable() is None
    assert service.state().active == "inactive"
    service.read()
    service.read()
    assert (service.state().pid, service.state().enabled) == (42, True)
    service.restart()
    service.stop()
    service.forget()
    service.forget()
    assert not service.state().enabled
    target = f"gui/{os.geteuid()}/{LABEL}"
    assert [line for line in asked.read_text().splitlines() if not line.startswith("print ")] == [
        f"bootstrap gui/{os.geteuid()} {home}/Library/LaunchAgents/{LABEL}.plist",
        f"bootout {target}",
        f"bootstrap gui/{os.geteuid()} {home}/Library/LaunchAgents/{LABEL}.plist",
        f"kickstart -k {target}",
        f"kill SIGTERM {target}",
        f"bootout {target}",
    ]


@pytest.mark.usefixtures("asked")
def test_what_launchctl_says_is_passed_on() -> None:
    with pytest.raises(MemorydError, match="launchctl kickstart failed: Could not find service"):
        Launchd().start()


def test_without_launchctl_there_is_no_launchd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert Launchd().unreachable() == "there is no launchd on this machine"
