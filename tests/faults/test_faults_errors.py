"""Failing at any system call, an operation is done or taken back, and says so in one sentence."""

import signal
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import pytest
from faults import acting
from faults.tracing import (
    SOME_OR_ALL,
    Actor,
    Outcome,
    Point,
    Scene,
    needs_strace,
    points,
    report,
    spread,
    touching,
)
from support import tree

from memoryd.errors import MemorydError

ERRORS = ["error=EIO", "error=ENOSPC", "error=EINTR"]
KILL = "signal=SIGKILL"


def lines_in(files: Mapping[str, bytes]) -> set[bytes]:
    return {line for content in files.values() for line in content.split(b"\n")}


def verdict(outcome: Outcome, scene: Scene) -> str | None:
    """What is wrong with an operation that was disturbed."""
    if outcome.code not in {0, 2}:
        return f"a bug: {outcome.errors}"
    if outcome.code == 2 and not outcome.errors:
        return "no word about it"
    if outcome.code == 0 and not (scene.root / "b.md").exists():
        return "said to be done, but is not"
    return scene.mend()


@needs_strace
@pytest.mark.parametrize("what", ERRORS)
@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_failing_anywhere_it_is_done_or_taken_back(
    most: int, what: str, actor: Actor, tmp_path: Path
) -> None:
    found = touching(points(actor, Scene.at(tmp_path / "healthy")))
    wrong = {}
    failed = 0
    for number, point in enumerate(spread(found, most)):
        scene = Scene.at(tmp_path / str(number))
        outcome = actor.traced(point.injecting(what), scene)
        failed += outcome.code == 2
        if reason := verdict(outcome, scene):
            wrong[point] = reason
    report(f"{what} at {number + 1} of {len(found)} calls: {failed} failed, {len(wrong)} wrong")
    assert wrong == {}
    assert failed


@needs_strace
@pytest.mark.parametrize("what", ERRORS[:1])
@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_mending_may_fail_anywhere_too(most: int, what: str, actor: Actor, tmp_path: Path) -> None:
    def half_done(place: Path) -> Scene:
        scene = Scene.at(place)
        actor.traced(Point("renameat2", 3).injecting(KILL), scene)
        return scene

    found = touching(points(actor, half_done(tmp_path / "healthy"), writer="recover"))
    wrong = {}
    failed = 0
    for number, point in enumerate(spread(found, most)):
        scene = half_done(tmp_path / str(number))
        outcome = actor.traced(point.injecting(what), scene, writer="recover")
        failed += outcome.code == 2
        reason = scene.mend()
        if outcome.code not in {0, 2} or reason:
            wrong[point] = reason or outcome.errors
    report(f"mending, {what} at {number + 1} of {len(found)} calls: {failed} failed, {len(wrong)} wrong")
    assert wrong == {}


@needs_strace
@pytest.mark.parametrize("count", [0, 1, 4096])
@pytest.mark.parametrize("call", ["write", "pwrite64"])
@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_a_write_that_lies_about_what_it_did_never_becomes_visible(
    most: int, call: str, count: int, actor: Actor, tmp_path: Path
) -> None:
    found = [point for point in points(actor, Scene.at(tmp_path / "healthy")) if point.call == call]
    wrong = {}
    for number, point in enumerate(spread(found, most)):
        scene = Scene.at(tmp_path / str(number))
        outcome = actor.traced(point.injecting(f"retval={count}"), scene)
        with suppress(MemorydError):  # the database may be damaged: SQLite believes its disk
            scene.mend()
        kept = scene.is_whole() or lines_in(acting.before(scene.size)) <= lines_in(tree(scene.root))
        # A file that SQLite maps was not extended, whatever the disk said: that ends the process.
        if outcome.code not in {0, 2, -signal.SIGBUS} or not kept:
            wrong[point] = outcome
    report(f"{number + 1} lying calls of {call}: {len(wrong)} wrong")
    assert wrong == {}


SIZE = 4000
"""Lines: files of 60 kB, larger than the database with its compressed contents."""


@pytest.mark.parametrize(
    "step", [pytest.param(40_009, id="some"), pytest.param(2003, id="all", marks=pytest.mark.slow)]
)
def test_writes_cut_short_by_a_limit_are_taken_back(step: int, actor: Actor, tmp_path: Path) -> None:
    wrong = {}
    failed = 0
    limits = range(1000, 400_000, step)  # what it says on stderr has to fit
    for limit in limits:
        scene = Scene.at(tmp_path / str(limit), SIZE)
        outcome = actor.run(scene, largest=limit)
        failed += outcome.code == 2
        if reason := verdict(outcome, scene):
            wrong[limit] = reason
    report(f"{len(limits)} limits of a file's size: {failed} failed, {len(wrong)} wrong")
    assert wrong == {}
    assert 0 < failed < len(limits)


def test_a_naive_writer_leaves_half_a_file(actor: Actor, tmp_path: Path) -> None:
    scene = Scene.at(tmp_path / "scene", SIZE)
    assert actor.run(scene, writer="in place", largest=30_000).code == 1
    assert not scene.is_whole()


@needs_strace
def test_a_naive_writer_believes_a_lying_write(actor: Actor, tmp_path: Path) -> None:
    scene = Scene.at(tmp_path / "scene")
    outcome = actor.traced(Point("write", 1).injecting("retval=4096"), scene, writer="in place")
    assert outcome.code in {0, 1}
    assert not scene.is_whole()
