"""The page in Chromium: `pip install -e '.[browser]'`, Debian's chromium, `pytest -m slow` and this file.

`SCREENSHOTS=DIRECTORY` keeps what was drawn, for people to look at.
"""

import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.util import find_spec
from itertools import combinations
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from domain.report.test_drawing import topics
from domain.report.test_redact import STORE
from services.report.test_render import ATTACKS, hostile

from memoryd.domain.report.model import (
    Cost,
    FillPoint,
    NotePlace,
    Report,
    ReportedFinding,
    SimilarNotes,
    StoreReport,
    UnseenEntry,
    Writes,
)
from memoryd.services.report.render import render

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
MISSING = [name for name in ("playwright", "axe_playwright_python") if find_spec(name) is None]
WIDTHS = (360, 1024, 1920)
NOW = 1_790_000_000.0
DAY = 86_400.0
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"not installed: {', '.join(MISSING)}"),
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
    pytest.mark.filterwarnings("ignore"),  # those of the libraries
]


def store(name: str, used: float, files: int) -> StoreReport:
    """A store in which there is something of everything."""
    finding = ReportedFinding("L001", "broken-link", "error", "MEMORY.md", 3, '"gone.md" does not exist')
    note = NotePlace("MEMORY.md", 12, "- The deploy needs a timeout of 30 seconds on the staging host.")
    unseen = [UnseenEntry(201 + number, f"entry {number} of the long index file") for number in range(60)]
    return replace(
        STORE,
        agent=name,
        store=f"/home/me/.claude/agent-memory/{name}",
        index_name="MEMORY.md",
        lines=round(200 * used),
        units=round(21_000 * used),
        limit_units=25_000,
        used=used,
        cut_line=201 if used > 1 else None,
        files=files,
        warnings=2,
        changed=NOW - DAY,
        unseen=tuple(unseen) if used > 1 else (),
        trend=tuple(FillPoint(NOW - each * DAY, used * (1 - each / 120)) for each in range(80, -1, -9)),
        writes=tuple(
            Writes(f"2026-0{month}-1{day}", actor, day + 1)
            for month in (7, 8)
            for day, actor in enumerate(("agent", "daemon", "memoryd", "git", "other"))
        ),
        cost=Cost(120, 2900, 4100, 12, 5, 18_000),
        findings=(finding, replace(finding, code="L004", name="unlisted-topic", level="warning")),
        similar=(
            SimilarNotes("contradiction", note, replace(note, line=30), '"30 seconds" there, "60" here'),
        ),
        topics=tuple(topics(files, 3 * files)),
        compactions=(replace(STORE.compactions[0], time=NOW - 9 * DAY),),
    )


def report() -> Report:
    stores = (store("code-reviewer", 1.4, 30), store("architect", 0.85, 12), store("docs", 0.1, 300))
    return Report(NOW, NOW - 90 * DAY, is_redacted=False, has_history=True, stores=stores)


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # it may be missing

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield found
        found.close()


class Seen:
    """A page in a window, and what it tried to do."""

    def __init__(self, browser: "Browser", path: Path, width: int = 1024, scheme: str = "light") -> None:
        context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=_scheme(scheme))
        self.page: Page = context.new_page()
        self.requests: list[str] = []
        self.trouble: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("dialog", lambda dialog: self.trouble.append(dialog.message))
        self.page.on("console", lambda message: self.trouble.append(message.text))
        self.page.on("pageerror", lambda error: self.trouble.append(str(error)))
        self.page.goto(path.as_uri())


def _scheme(scheme: str) -> Any:  # noqa: ANN401  # a literal of Playwright's
    return scheme


def written(directory: Path, found: Report) -> Path:
    path = directory / "report.html"
    path.write_text(render(found))
    return path


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_every_width_and_asks_for_nothing(
    browser: "Browser", tmp_path: Path, width: int, scheme: str
) -> None:
    path = written(tmp_path, report())
    seen = Seen(browser, path, width, scheme)
    assert (seen.requests, seen.trouble) == ([path.as_uri()], [])
    assert seen.page.evaluate("document.documentElement.scrollWidth") <= width
    if directory := os.environ.get("SCREENSHOTS"):
        seen.page.screenshot(path=Path(directory, f"report-{width}-{scheme}.png"), full_page=True)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1024])
def test_axe_finds_nothing(browser: "Browser", tmp_path: Path, width: int, scheme: str) -> None:
    from axe_playwright_python.sync_playwright import Axe  # noqa: PLC0415  # it may be missing

    seen = Seen(browser, written(tmp_path, report()), width, scheme)
    seen.page.evaluate("document.querySelectorAll('details').forEach(each => each.open = true)")
    found = Axe().run(seen.page)
    assert [(each["id"], each["nodes"][0]["html"]) for each in found.response["violations"]] == []


@pytest.mark.parametrize("text", ATTACKS)
def test_a_hostile_store_does_nothing(browser: "Browser", tmp_path: Path, text: str) -> None:
    path = written(tmp_path, hostile(text))
    seen = Seen(browser, path)
    assert (seen.requests, seen.trouble) == ([path.as_uri()], [])
    assert seen.page.evaluate("document.scripts.length + document.images.length") == 0


def test_labels_do_not_overlap_as_drawn(browser: "Browser", tmp_path: Path) -> None:
    seen = Seen(browser, written(tmp_path, report()))
    boxes = seen.page.evaluate(
        """[...document.querySelectorAll('svg.graph')].map(graph => [...graph.querySelectorAll('text')]
        .map(each => each.getBBox())
        .map(box => [box.x, box.y + 2, box.x + box.width, box.y + box.height - 2]))"""
    )
    assert sum(map(len, boxes)) > 60
    for graph in boxes:
        for one, other in combinations(graph, 2):
            apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
            assert apart, (one, other)


def test_paper_shows_the_tables(browser: "Browser", tmp_path: Path) -> None:
    seen = Seen(browser, written(tmp_path, report()))
    seen.page.emulate_media(media="print")
    shown = seen.page.evaluate("document.querySelector('details table').checkVisibility()")
    assert shown
    assert seen.page.pdf()[:5] == b"%PDF-"
