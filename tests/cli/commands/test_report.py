import json
import os
from pathlib import Path
from stat import S_IMODE

import pytest
from cli.program import OVER_LIMIT, called, memoryd, project_store

from memoryd.adapters.report import read_wish
from memoryd.config.locations import locate
from memoryd.domain.report.watch import ReportWish


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return project_store(tmp_path, "reviewer", {"MEMORY.md": OVER_LIMIT, "a.md": "# A\n"})


@pytest.mark.usefixtures("store")
def test_the_page_is_private_and_in_our_own_directory(tmp_path: Path) -> None:
    done = memoryd("report", cwd=tmp_path)
    path = locate(os.environ).report
    assert done.code == 0
    assert "report.html: 1 store, " in done.err
    assert "<h1>Memory report</h1>" in path.read_text()
    assert S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.usefixtures("store")
def test_a_page_goes_where_it_is_wanted(tmp_path: Path) -> None:
    assert memoryd("report", "-o", "page.html", cwd=tmp_path).code == 0
    assert S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o600
    assert not locate(os.environ).report.exists()
    (tmp_path / "page.html").chmod(0o644)
    memoryd("report", "-o", "page.html", cwd=tmp_path)
    assert S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o644  # as its owner set it


def test_a_redacted_page_can_be_read_by_others(store: Path, tmp_path: Path) -> None:
    os.umask(0o022)
    memoryd("report", "--redact", "-o", "page.html", cwd=tmp_path)
    page = (tmp_path / "page.html").read_text()
    assert "reviewer" not in page
    assert store.name not in page
    assert S_IMODE((tmp_path / "page.html").stat().st_mode) == 0o644


@pytest.mark.usefixtures("store")
def test_json_has_the_numbers_of_the_page(tmp_path: Path) -> None:
    found = json.loads(called("report", "--json", cwd=tmp_path).out)
    (store,) = found["stores"]
    assert (store["store"], store["agent"]) == (".claude/agent-memory/reviewer", "reviewer")
    assert store["cut_line"] == 201
    hidden = json.loads(called("report", "--json", "--redact", cwd=tmp_path).out)
    assert hidden["stores"][0] | {"store": None} == hidden["stores"][0]
    assert not locate(os.environ).report.exists()


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize(
    ("options", "message"),
    [
        (("--since", "soon"), '--since: "soon" is not a time in the past'),
        (("--since", "2999-01-01"), '--since: "2999-01-01" is not a time in the past'),
        (("--json", "-o", "x"), "--json and -o cannot be used together"),
        (("--json", "--open"), "--json and --open cannot be used together"),
        (("--all", "."), "PATH and --all cannot be used together"),
        (("-o", "missing/x.html"), "cannot write missing/x.html: No such file or directory"),
    ],
)
def test_what_cannot_be_done_is_said(tmp_path: Path, options: tuple[str, ...], message: str) -> None:
    done = called("report", *options, cwd=tmp_path)
    assert done.code == 2
    assert message in (json.loads(done.out)["error"]["message"] if "--json" in options else done.err)


@pytest.mark.usefixtures("store")
def test_a_browser_shows_the_page(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text('#!/bin/sh\necho "$1" > shown\n')
    browser.chmod(0o755)
    done = memoryd("report", "--open", cwd=tmp_path, BROWSER=str(browser))
    assert done.code == 0
    assert (tmp_path / "shown").read_text().strip() == locate(os.environ).report.as_uri()


@pytest.mark.usefixtures("store")
def test_without_a_browser_the_page_is_named(tmp_path: Path) -> None:
    none = {"BROWSER": "", "PATH": "/nowhere", "DISPLAY": "", "WAYLAND_DISPLAY": ""}
    done = memoryd("report", "--open", cwd=tmp_path, **none)
    assert done.code == 0
    assert "no browser was found: open" in done.err


def test_no_store_is_an_error(tmp_path: Path) -> None:
    done = called("report", cwd=tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "no memory store" in done.err


@pytest.mark.usefixtures("store")
def test_a_watched_page_is_written_now_and_wanted_from_then_on(tmp_path: Path) -> None:
    places = locate(os.environ)
    done = called("report", "--watch", "--since", "30d", "--redact", cwd=tmp_path)
    assert done.code == 0
    assert "warning: the daemon is not running" in done.err
    assert read_wish(places.watched) == ReportWish("30d", is_redacted=True)
    assert places.report.exists()
    done = called("report", "--no-watch", cwd=tmp_path)
    assert (done.code, read_wish(places.watched)) == (0, None)
    assert done.err.startswith("the daemon no longer writes ")


@pytest.mark.usefixtures("store")
@pytest.mark.parametrize("options", [("--watch", "."), ("--watch", "-o", "x"), ("--no-watch", "--user")])
def test_a_watched_page_is_on_all_stores_and_in_its_place(tmp_path: Path, options: tuple[str, ...]) -> None:
    done = called("report", *options, cwd=tmp_path)
    assert done.code == 2
    assert "cannot be used together" in done.err
    assert read_wish(locate(os.environ).watched) is None
