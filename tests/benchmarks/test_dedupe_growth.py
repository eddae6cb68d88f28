"""Ten times the notes are little more than ten times the work, in bounded memory.

`pytest -m slow -s tests/benchmarks/test_dedupe_growth.py` prints time, growth and peak memory.
"""

import random
import resource
import subprocess
import sys
import time
from itertools import pairwise

import pytest
from support import REPOSITORY, unmeasured

from memoryd.domain.duplicates.pairs import compare
from memoryd.domain.duplicates.passages import passages_in
from memoryd.domain.duplicates.similarity import Verdict
from memoryd.domain.markdown.document import parse

SIZES = (1_000, 10_000, 100_000)
GROWTH = 25  # times the work for ten times the notes: what is common grows more common
MOST = 1_000_000  # KiB at the peak

pytestmark = pytest.mark.slow


def notes(count: int, seed: int = 7) -> str:
    """Notes in words as frequent as in language; every 20th is a near copy, every 20th boilerplate."""
    chance = random.Random(seed)  # noqa: S311  # nothing is secret here
    letters = "abcdefghijklmnopqrstuvwxyz"
    words = ["".join(chance.choices(letters, k=chance.randint(2, 9))) for _ in range(20_000)]
    weights = [1 / (rank + 5) for rank in range(len(words))]
    lines: list[str] = []
    for number in range(count):
        if number % 20 == 7 and lines:
            parts = chance.choice(lines).split()
            parts.insert(chance.randrange(len(parts)), chance.choice(words))
            lines.append(" ".join(parts))
        elif number % 20 == 13:
            lines.append(f"Reviewed PR #{number} of the shop: no findings, merged after {number % 9} days.")
        else:
            lines.append(" ".join(chance.choices(words, weights, k=chance.randint(6, 22))))
    return "".join(f"- {line}\n" for line in lines)


def measure(count: int) -> None:
    """Print seconds, near copies, comparisons left out and the peak in KiB; run in a process of its own."""
    document = parse("notes.md", notes(count).encode())
    passages_in("/m", parse("warm.md", b"- warm\n"))
    start = time.process_time()
    found = compare(passages_in("/m", document))
    seconds = time.process_time() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    near = sum(pair.judgement.verdict is Verdict.NEAR for pair in found.pairs)
    sys.stdout.write(f"{seconds} {near} {found.capped} {peak}\n")


def test_growth_and_memory(capsys: pytest.CaptureFixture[str]) -> None:
    rows = []
    for size in SIZES:
        code = f"import test_dedupe_growth as test; test.measure({size})"
        paths = ":".join(str(REPOSITORY / each) for each in ("", "tests", "tests/benchmarks"))
        done = subprocess.run(
            [sys.executable, "-c", code],
            env={**unmeasured(), "PYTHONPATH": paths},
            capture_output=True,
            check=True,
        )
        seconds, near, capped, peak = map(float, done.stdout.split())
        rows.append((size, seconds, near, capped, peak))
    with capsys.disabled():
        sys.stdout.write(f"\n{'notes':>8}{'CPU s':>9}{'growth':>8}{'near':>10}{'left out':>12}{'MiB':>7}\n")
        for before, (size, seconds, near, capped, peak) in zip([rows[0], *rows], rows, strict=False):
            growth = seconds / before[1]
            sys.stdout.write(
                f"{size:>8}{seconds:>9.2f}{growth:>8.1f}{near:>10.0f}{capped:>12.0f}{peak / 1024:>7.0f}\n"
            )
    for one, other in pairwise(rows):
        assert other[1] < one[1] * GROWTH
    assert rows[-1][4] < MOST
    assert all(row[2] >= row[0] / 20 * 0.95 for row in rows), "near copies are found at any size"
