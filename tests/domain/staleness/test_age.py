from datetime import date

import pytest

from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.git.evidence import Evidence
from memoryd.domain.markdown.document import parse
from memoryd.domain.staleness.age import stale
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

STORE = Store("/s/m", Scope.USER, "m", "/s", CLAUDE_AGENT)
OLD = "---\nmodified: 2025-01-31\n---\nText\n"


def found(files: dict[str, str], today: date | None, before: date | None = None) -> list[str]:
    snapshot = Snapshot(STORE, {path: parse(path, text.encode()) for path, text in files.items()})
    options = RuleOptions(stale_before=before)
    return [each.document.path for each in stale(snapshot, Evidence(today=today), options)]


@pytest.mark.parametrize(
    ("today", "is_stale"),
    [(date(2026, 1, 31), False), (date(2026, 2, 1), True), (None, False)],
)
def test_what_was_last_recorded_a_year_ago_is_stale(today: date | None, *, is_stale: bool) -> None:
    assert found({"x.md": OLD}, today) == ["x.md"] * is_stale


def test_a_day_that_is_asked_for_counts_instead() -> None:
    assert found({"x.md": OLD}, date(2026, 6, 1), date(2025, 1, 31)) == []
    assert found({"x.md": OLD}, date(2025, 2, 2), date(2025, 2, 1)) == ["x.md"]


def test_memory_without_a_date_has_no_age() -> None:
    assert found({"x.md": "Text\n"}, date(2036, 1, 1)) == []


def test_an_entry_of_the_index_counts_by_the_date_it_begins_with_unless_it_leads_on() -> None:
    text = "- 2020-01-31: moved\n- 2020-01-31: see [X](x.md)\n- 2026-01-30: new\n"
    assert found({"MEMORY.md": text, "x.md": "Text\n"}, date(2026, 2, 1)) == ["MEMORY.md"]
