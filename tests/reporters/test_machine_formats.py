"""Laws of all formats that a service reads."""

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from reporters.samples import MIXED, hostile_reports, hostile_text
from support import REPOSITORY, python, write_tree

from memoryd.domain.checks.results import CheckResult
from memoryd.domain.text.escape import visible_line
from memoryd.reporters import REPORTERS

FORMATS: Mapping[str, Callable[[CheckResult, str], str]] = {
    name: reporter.render
    for name, reporter in REPORTERS.items()
    if not (reporter.is_for_people or reporter.shows_plans)
} | {"job summary": REPORTERS["github"].summarize}
every_format = pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS.keys())

PROGRAM = """\
import sys
from memoryd.domain.stores.store import agent_store
from memoryd.reporters import REPORTERS
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

root, base = sys.argv[1:]
report = check([agent_store(root, user=False)], ALL_RULES)
for reporter in REPORTERS.values():
    sys.stdout.write(reporter.render(report, base) + reporter.summarize(report, base))
"""


def test_every_process_prints_the_same_bytes(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path / ".claude" / "agent-memory" / "reviewer",
        {
            "MEMORY.md": "- [a](a.md) [b](b.md)\n" * 150 + "- [z](z.md)\n" * 60,
            **{f"{name}.md": b"caf\xe9\n" for name in "zyx"},
        },
    )
    (root / "gone.md").symlink_to("nowhere.md")
    (root / "lost.md").symlink_to("nowhere.md")
    command = python("-c", PROGRAM, str(root), str(tmp_path))
    outputs = {
        subprocess.run(
            command,
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
            stdout=subprocess.PIPE,
            check=True,
        ).stdout
        for seed in ("0", "1", "2")
    }
    [output] = outputs
    assert output.count(b"does not exist") > 1_000


@every_format
@given(report=hostile_reports)
def test_any_report_can_be_written_and_has_nothing_that_cannot_be_printed(
    render: Callable[[CheckResult, str], str], report: CheckResult
) -> None:
    text = render(report, "/r")
    assert text.endswith("\n")
    assert visible_line(text.replace("\n", "")) == text.replace("\n", "")
    assert text.encode().decode() == text


def test_what_could_not_be_read_is_in_the_summary() -> None:
    assert "Permission denied" in FORMATS["job summary"](replace(MIXED, diagnostics=()), "/r")


@given(hostile_text)
def test_plain_text_is_one_line_of_unicode(text: str) -> None:
    line = visible_line(text)
    assert len(line.splitlines()) <= 1
    assert line.encode().decode() == line == visible_line(line)


def test_plain_text_of_people_is_left_alone() -> None:
    for text in ("“é” – 一 \U0001f600", "שלום", "a\u200db", "C:\\x", "e\u0301"):
        assert visible_line(text) == text
    assert visible_line("a\tb\x1b[0m\u202ec\udce9") == r"a\tb\x1b[0m\u202ec\udce9"
