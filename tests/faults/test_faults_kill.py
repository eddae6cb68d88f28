"""Killed at any system call, an operation is done or taken back."""

import signal
from pathlib import Path

import pytest
from faults.tracing import SOME_OR_ALL, Actor, Point, Scene, needs_strace, points, report, spread

pytestmark = needs_strace
KILL = "signal=SIGKILL"
NO_SWAP = ("-e", "inject=renameat2:error=EINVAL")


@pytest.mark.parametrize("options", [(), NO_SWAP], ids=["swap", "no swap"])
@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_killed_anywhere_it_is_done_or_taken_back(
    most: int, options: tuple[str, ...], actor: Actor, tmp_path: Path
) -> None:
    found = points(actor, Scene.at(tmp_path / "healthy"), *options)
    if options:  # one call cannot be made to fail and to kill
        found = [point for point in found if point.call != "renameat2"]
    wrong = {}
    afterwards = set()
    for number, point in enumerate(spread(found, most)):
        scene = Scene.at(tmp_path / str(number))
        outcome = actor.traced([*point.injecting(KILL), *options], scene)
        assert outcome.code == -signal.SIGKILL
        if reason := scene.mend():
            wrong[point] = reason
        afterwards.add((scene.root / "b.md").exists())
    report(f"killed at {number + 1} of {len(found)} calls: {len(wrong)} wrong")
    assert wrong == {}
    assert afterwards == {True, False}, "killed neither early nor late"


def half_done(actor: Actor, place: Path) -> Scene:
    """An operation that was killed when only the deletion was left to do."""
    scene = Scene.at(place)
    assert actor.traced(Point("renameat2", 3).injecting(KILL), scene).code == -signal.SIGKILL
    assert (scene.root / "b.md").exists()
    return scene


@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_mending_may_be_killed_anywhere_too(most: int, actor: Actor, tmp_path: Path) -> None:
    found = points(actor, half_done(actor, tmp_path / "healthy"), writer="recover")
    wrong = {}
    for number, point in enumerate(spread(found, most)):
        scene = half_done(actor, tmp_path / str(number))
        assert actor.traced(point.injecting(KILL), scene, writer="recover").code == -signal.SIGKILL
        if reason := scene.mend():
            wrong[point] = reason
    report(f"mending killed at {number + 1} of {len(found)} calls: {len(wrong)} wrong")
    assert wrong == {}


@pytest.mark.parametrize("writer", ["in place", "replace"])
def test_a_naive_writer_is_caught_in_between(writer: str, actor: Actor, tmp_path: Path) -> None:
    found = points(actor, Scene.at(tmp_path / "healthy"), writer=writer)
    broken = 0
    for number, point in enumerate(found):
        scene = Scene.at(tmp_path / str(number))
        actor.traced(point.injecting(KILL), scene, writer=writer)
        broken += not scene.is_whole()
    report(f"{writer}: neither before nor after at {broken} of {len(found)} calls")
    assert broken
