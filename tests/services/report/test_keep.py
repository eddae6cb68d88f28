"""The page of `report --watch`, written by the daemon."""

import json
import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from stat import S_IMODE

import pytest
from services.daemons import Start, memoryd
from support import needs_git, wait_for, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.report import write_wish
from memoryd.adapters.stores.discovery import FoundStores, Places, discover
from memoryd.config.locations import locate
from memoryd.domain.checks.selection import Choice
from memoryd.domain.report import watch
from memoryd.domain.report.watch import ReportWish
from memoryd.services.report.keep import PageKeeper, PageSource

WISH = ReportWish("90d", is_redacted=False)
STARTS = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.forkpty", "os.exec", "os.system"}
started: list[str] = []
sys.addaudithook(lambda event, _: started.append(event) if event in STARTS else None)


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state/history.db") as found:
        yield found


@pytest.fixture
def project(tmp_path: Path) -> Path:
    write_tree(tmp_path / "project/.claude/agent-memory/reviewer", {"MEMORY.md": "- [x](gone.md)\n"})
    return tmp_path / "project"


def source_of(project: Path, home: Path) -> PageSource:
    def found() -> FoundStores:
        return discover(Places(home, home / ".claude"), cwd=project)

    return PageSource(found, Choice("", "/"), home / ".claude/projects")


def test_a_watched_page_is_written_when_memory_has_changed(
    history: History, project: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts, events, beats = Counter[str](), list[float](), list[int]()
    keeper = PageKeeper(history, counts, events.append, lambda: beats.append(1))
    page = history.path.with_name("report.html")
    source = source_of(project, home)
    keeper.work(source)
    assert not page.exists()
    write_wish(history.path.with_name("report.watched"), WISH)
    keeper.work(source)
    first = page.stat()
    assert "reviewer" in page.read_text()
    assert S_IMODE(first.st_mode) == 0o600
    assert beats

    counts["files"] += 1
    keeper.work(source)
    assert page.stat().st_ino == first.st_ino  # too soon
    monkeypatch.setattr(watch, "LEAST", 0.0)
    monkeypatch.setattr(watch, "_SHARE", 0)
    write_wish(history.path.with_name("report.watched"), ReportWish("30d", is_redacted=True))
    later = time.monotonic() + 3600
    monkeypatch.setattr(time, "monotonic", lambda: later)
    keeper.work(source)
    assert "reviewer" not in page.read_text()
    second = page.stat().st_ino
    keeper.work(source)
    assert page.stat().st_ino == second  # nothing has changed
    counts["files"] += 1
    keeper.work(source)
    assert page.stat().st_ino != second

    assert len(events) == 3
    write_wish(history.path.with_name("report.watched"), None)
    page.unlink()
    keeper.work(source)
    assert not page.exists()


@needs_git
def test_no_program_is_started(history: History, project: Path, home: Path) -> None:
    for command in ("init -q", "add -A", "-c user.name=x -c user.email=x@example.com commit -q -m x"):
        subprocess.run(["git", *command.split()], cwd=project, check=True)
    (project / ".claude/agent-memory/reviewer/new.md").write_text("`src/gone.py` is the fact\n")
    write_wish(history.path.with_name("report.watched"), WISH)
    started.clear()
    PageKeeper(history, {}, lambda *_: None, lambda: None).work(source_of(project, home))
    assert history.path.with_name("report.html").exists()
    assert started == []


def test_the_daemon_takes_over_the_page(start: Start, container: Path) -> None:
    write_tree(container / "reviewer", {"MEMORY.md": "- fact\n"})
    service = start()
    service.wait_for("ready")
    done = memoryd("report", "--watch")
    assert done.returncode == 0, done.stderr
    page = locate(os.environ).report
    wait_for(page.exists)
    write_tree(container / "reviewer", {"MEMORY.md": "- fact\n- more\n"})  # wakes it
    assert service.wait_for("report_written")["level"] == "info"
    assert "reviewer" in page.read_text()
    assert memoryd("report", "--no-watch").returncode == 0
    assert service.stop() == 0
    assert json.loads(memoryd("report", "--json").stdout)["stores"]
