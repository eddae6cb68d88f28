"""The soak: agents, daemons and commands all at once, and kill -9 in between."""

from pathlib import Path

import pytest
from faults.soak import soak
from faults.tracing import report

from memoryd.adapters import edits

SECONDS = [pytest.param(3, id="some"), pytest.param(180, id="all", marks=pytest.mark.slow)]


@pytest.mark.parametrize("seconds", SECONDS)
def test_nothing_is_lost_whoever_is_killed(seconds: int, tmp_path: Path) -> None:
    probe = tmp_path / "probe"
    probe.touch()
    if edits.has_writer(str(probe)) is None:
        pytest.skip("no read leases here: each file would be kept for the whole grace time")
    outcome = soak(tmp_path / "soak", seconds, seed=seconds)
    report("\n".join(f"{name}: {value}" for name, value in outcome.figures.items()))
    assert outcome.faults == []
    assert outcome.figures["lines"]


@pytest.mark.slow
def test_a_naive_writer_loses_lines_there(tmp_path: Path) -> None:
    outcome = soak(tmp_path / "soak", 5, seed=1, naive=True)
    report("\n".join(f"{name}: {value}" for name, value in outcome.figures.items()))
    assert outcome.figures["lost"]
