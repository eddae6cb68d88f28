"""Laws of every format in the table of reporters."""

from dataclasses import replace
from pathlib import Path

import pytest
from reporters.samples import MIXED, REPORT

from memoryd.domain.checks.results import CheckResult
from memoryd.domain.stores.store import agent_store
from memoryd.reporters import REPORTERS, STATISTICS, Reporter
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

every_format = pytest.mark.parametrize("reporter", REPORTERS.values(), ids=REPORTERS.keys())
for_people = [reporter for reporter in REPORTERS.values() if reporter.is_for_people]


@pytest.mark.parametrize("reporter", [*for_people, STATISTICS])
def test_nothing_found_still_says_what_was_checked(reporter: Reporter) -> None:
    assert (
        reporter.render(CheckResult(1, 0, 0, (), ()), "/r")
        == "1 store, 0 files, 0 links: 0 errors, 0 warnings\n"
    )


@every_format
def test_nothing_found_is_a_report_that_ends_its_line(reporter: Reporter) -> None:
    assert reporter.render(CheckResult(1, 0, 0, (), ()), "/r").endswith("\n")


@every_format
@pytest.mark.parametrize(
    ("base", "shown"), [("/r/s", "MEMORY.md"), ("/r/s/deep", "../MEMORY.md"), ("/", "r/s/MEMORY.md")]
)
def test_paths_are_relative_with_forward_slashes(reporter: Reporter, base: str, shown: str) -> None:
    text = reporter.render(REPORT, base)
    assert shown in text
    assert "/r/s/MEMORY.md" not in text


@every_format
def test_what_could_not_be_read_is_never_silent(reporter: Reporter) -> None:
    text = reporter.render(replace(MIXED, diagnostics=()), "/r")
    assert "s/b.md" in text
    assert "Permission denied" in text


@every_format
def test_the_same_store_gives_the_same_bytes(reporter: Reporter, tmp_path: Path) -> None:
    root = tmp_path / ".claude" / "agent-memory" / "reviewer"
    root.mkdir(parents=True)
    (root / "MEMORY.md").write_text("- [a](a.md) [b](b.md)\n" * 150, encoding="utf-8")
    for name in "zyx":
        (root / f"{name}.md").write_bytes(b"caf\xe9\n")
    store = agent_store(str(root), user=False)
    texts = {reporter.render(check([store], ALL_RULES), str(tmp_path)) for _ in range(3)}
    assert len(texts) == 1


def test_only_a_format_with_a_summary_summarizes() -> None:
    summaries = {name: reporter.summarize(REPORT, "/r") for name, reporter in REPORTERS.items()}
    assert [name for name, summary in summaries.items() if summary] == ["github"]
