"""Killed or failing at any system call, the migration of a history loses nothing."""

import signal
from pathlib import Path

import pytest
from faults.disks import fill, tmpfs
from faults.old_history import INDEX, ROOT, versions, write
from faults.tracing import SOME_OR_ALL, Actor, Scene, needs_strace, points, report, spread, touching
from support import is_root

from memoryd.adapters.history import History

ALL = versions(12)


def old_scene(place: Path) -> Scene:
    scene = Scene.at(place)
    write(scene.state / "history.db", ALL, damaged=True)
    return scene


def wrong(scene: Scene) -> str | None:
    """What is wrong with the history once it is opened again."""
    with History(scene.state / "history.db") as history:
        if [content for _, content in history.versions(INDEX)] != ALL:
            return "versions differ"
        if len(list(history.versions(f"{ROOT}/topic.md"))) != 13:
            return "versions of the topic file differ"
        (operation,) = history.operations()
        if history.plan(operation).changes[0].after != b"- after\n":
            return "the operation differs"
        return None if len(history.verify()) == 1 else str(history.verify())  # the damaged one


@needs_strace
@pytest.mark.parametrize("what", ["signal=SIGKILL", "error=EIO", "error=ENOSPC"])
@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_disturbed_anywhere_it_is_finished_by_the_next(
    most: int, what: str, actor: Actor, tmp_path: Path
) -> None:
    found = touching(points(actor, old_scene(tmp_path / "healthy"), writer="migrate"))
    faults = {}
    failed = 0
    for number, point in enumerate(spread(found, most)):
        scene = old_scene(tmp_path / str(number))
        outcome = actor.traced(point.injecting(what), scene, writer="migrate")
        failed += outcome.code != 0
        if outcome.code not in {0, 2, -signal.SIGKILL} or (outcome.code == 2 and not outcome.errors):
            faults[point] = f"a bug: {outcome.errors}"
        elif reason := wrong(scene):
            faults[point] = reason
    report(f"migration, {what} at {number + 1} of {len(found)} calls: {failed} failed, {len(faults)} wrong")
    assert faults == {}
    assert failed


@pytest.mark.skipif(not is_root(), reason="only root can mount a small disk")
@pytest.mark.parametrize(
    "step", [pytest.param(40_960, id="some"), pytest.param(4096, id="all", marks=pytest.mark.slow)]
)
def test_a_full_disk_stops_it_and_loses_nothing(step: int, actor: Actor, tmp_path: Path) -> None:
    faults = {}
    failed = 0
    for left in range(0, 400_000, step):
        with tmpfs(tmp_path / f"disk{left}", "1m") as disk:
            scene = old_scene(disk / "scene")
            ballast = fill(disk, left)
            outcome = actor.run(scene, writer="migrate")
            ballast.unlink()
            failed += outcome.code == 2
            if outcome.code not in {0, 2}:
                faults[left] = outcome.errors
            elif reason := wrong(scene):
                faults[left] = reason
    report(f"migration on a full disk: {failed} failed, {len(faults)} wrong")
    assert faults == {}
    assert failed
