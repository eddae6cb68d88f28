import os
import time
from pathlib import Path

import pytest
from services.usage.records import record
from support import store_of, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.checks.selection import Choice
from memoryd.domain.report.watch import ReportWish
from memoryd.errors import MemorydError
from memoryd.services.report.write import watched_page


def page_of(tmp_path: Path, wish: ReportWish, usage: Path) -> str:
    root = write_tree(tmp_path / "p/.claude/agent-memory/reviewer", {"MEMORY.md": "- a fact\n"})
    day = time.strftime("%Y-%m-%d", time.gmtime())
    record(tmp_path / "projects/-p/s.jsonl", agent="reviewer", cwd=f"{tmp_path}/p", day=day)
    with History(tmp_path / "state/history.db") as history:
        return watched_page(
            FoundStores((store_of(root),)),
            wish,
            user=Choice("", "/"),
            history=history,
            usage=usage,
            projects=tmp_path / "projects",
            beat=lambda: None,
        )


def test_the_page_is_as_it_was_wanted(tmp_path: Path) -> None:
    usage = tmp_path / "state/usage.db"
    page = page_of(tmp_path, ReportWish("90d", is_redacted=False), usage)
    assert "reviewer" in page
    assert "What memory costs" in page
    assert "reviewer" not in page_of(tmp_path, ReportWish("90d", is_redacted=True), usage)


def test_without_counts_there_is_a_page(tmp_path: Path) -> None:
    os.makedirs(tmp_path / "usage.db")
    page = page_of(tmp_path, ReportWish("90d", is_redacted=False), tmp_path / "usage.db")
    assert "What memory costs" not in page


def test_a_period_that_means_nothing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(MemorydError, match="is not a time in the past"):
        page_of(tmp_path, ReportWish("soon", is_redacted=False), tmp_path / "usage.db")
