"""Laws of all formats that a service reads."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from reporters.samples import MIXED, hostile_reports, hostile_text
from support import REPOSITORY, python, write_tree

from memoryd.domain.checks.results import Report, plain
from memoryd.reporters import github, gitlab, junit, sarif

FORMATS: dict[str, Callable[[Report, str], str]] = {
    "github": github.render,
    "job summary": github.summary,
    "gitlab": gitlab.render,
    "junit": junit.render,
    "sarif": sarif.render,
}
every_format = pytest.mark.parametrize("render", FORMATS.values(), ids=FORMATS.keys())

PROGRAM = """\
import sys
from memoryd.domain.stores.store import agent_store
from memoryd.reporters import github, gitlab, junit, sarif
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

root, base = sys.argv[1:]
report = check([agent_store(root, user=False)], ALL_RULES)
for render in (github.render, github.summary, gitlab.render, junit.render, sarif.render):
    sys.stdout.write(render(report, base))
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
@pytest.mark.parametrize(
    ("base", "shown"), [("/r/s", "MEMORY.md"), ("/r/s/deep", "../MEMORY.md"), ("/", "r/s/MEMORY.md")]
)
def test_paths_are_relative(render: Callable[[Report, str], str], base: str, shown: str) -> None:
    text = render(MIXED, base)
    assert shown in text
    assert "/r/s/MEMORY.md" not in text


@every_format
@given(report=hostile_reports)
def test_any_report_can_be_written_and_has_nothing_that_cannot_be_printed(
    render: Callable[[Report, str], str], report: Report
) -> None:
    text = render(report, "/r")
    assert text.endswith("\n")
    assert plain(text.replace("\n", "")) == text.replace("\n", "")
    assert text.encode().decode() == text


@every_format
def test_what_could_not_be_read_is_never_silent(render: Callable[[Report, str], str]) -> None:
    text = render(replace(MIXED, diagnostics=()), "/r")
    assert "s/b.md" in text
    assert "Permission denied" in text


@given(hostile_text)
def test_plain_text_is_one_line_of_unicode(text: str) -> None:
    line = plain(text)
    assert len(line.splitlines()) <= 1
    assert line.encode().decode() == line == plain(line)


def test_plain_text_of_people_is_left_alone() -> None:
    for text in ("“é” – 一 \U0001f600", "שלום", "a\u200db", "C:\\x", "e\u0301"):
        assert plain(text) == text
    assert plain("a\tb\x1b[0m\u202ec\udce9") == r"a\tb\x1b[0m\u202ec\udce9"
