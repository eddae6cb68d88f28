"""How the cost of whole commands grows: run with `pytest -m slow tests/benchmarks/test_growth.py -s`.

Each command runs over one store of doubled sizes. The table shows processor time without that of the start,
and the exponent that fits it: 1 is linear, 2 is quadratic. `-k` chooses commands.
"""

import math
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from benchmarks.grown import Chance, grow, measure, memoryd_command
from benchmarks.test_dedupe_growth import notes
from cli.program import project_store
from support import needs_git

pytestmark = [pytest.mark.slow, needs_git]

MOST = 1.8  # no command may grow faster; a busy machine adds some tenths


def _files(place: Path, size: int) -> Path:
    return grow(place, stores=1, files=size, language=True, tables=True).root


def _outdated(place: Path, size: int) -> Path:
    root = _files(place, size)
    for number, path in enumerate(sorted(root.rglob("build-*.md"))):
        path.write_text(f"{path.read_text()}\n- [x] Task {number} done\n- Frozen (until 2020-01-31)\n")
    return root


def _notes(place: Path, size: int) -> Path:
    lines = notes(size).splitlines(keepends=True)
    number = math.isqrt(size)
    files = {f"notes-{each}.md": "".join(lines[each::number]) for each in range(number)}
    return _store(place, files, "".join(f"- [Notes]({name})\n" for name in files))


def _topics(place: Path, size: int) -> Path:
    chance = Chance(7)
    chance.language = True
    lines = (
        f"- [{' '.join(chance.words(3))} {number}](topic-{number}.md) — {' '.join(chance.words(9))}\n"
        for number in range(size)
    )
    files = {
        f"topic-{number}.md": f"# Topic {number}\n\n{' '.join(chance.words(12))}.\n" for number in range(size)
    }
    return _store(place, files, "".join(lines))


def _store(place: Path, files: Mapping[str, str], lines: str) -> Path:
    place.mkdir()
    project_store(place, "reviewer", {"MEMORY.md": f"# Memory\n\n{lines}", **files})
    return place


def exponent(costs: Mapping[int, float]) -> float:
    """Return the slope of a straight line through the logarithms of sizes and costs."""
    points = [(math.log(size), math.log(cost)) for size, cost in costs.items()]
    middle, height = (sum(column) / len(points) for column in zip(*points, strict=True))
    return float(
        sum((x - middle) * (y - height) for x, y in points) / sum((x - middle) ** 2 for x, _ in points)
    )


@pytest.mark.parametrize(
    ("line", "first", "make"),
    [
        ("check --exit-zero --no-cache .", 100, _files),
        ("prune --stat --no-cache .", 100, _outdated),
        ("dedupe --stat --no-cache .", 2_500, _notes),
        ("compact --diff .", 500, _topics),
    ],
    ids=["check", "prune", "dedupe", "compact"],
)
def test_growth_is_nearly_linear(
    tmp_path: Path, line: str, first: int, make: Callable[[Path, int], Path]
) -> None:
    command = memoryd_command(*line.split())
    start = measure([command], make(tmp_path / "start", 2), 5)[0].cpu
    costs = {}
    for size in (first, first * 2, first * 4, first * 8):
        (median,) = measure([command], make(tmp_path / f"{size}", size), 1)
        costs[size] = max(median.cpu - start, 1e-3)
    told = ", ".join(f"{size:,}: {cost:.2f} s" for size, cost in costs.items())
    sys.stdout.write(f"\n  {line.partition(' ')[0]:<8} exponent {exponent(costs):.2f}   {told}")
    assert exponent(costs) < MOST
