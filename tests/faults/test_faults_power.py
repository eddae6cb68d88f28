"""A power cut at any system call: what was recorded is mended, what was done stays done."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import acting
from faults.disks import Ext4, ext4
from faults.tracing import SOME_OR_ALL, Actor, Scene, needs_strace, points, report, spread
from support import tree

pytestmark = needs_strace


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Ext4]:
    with ext4(tmp_path / "disk") as disk:
        yield disk


@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_a_power_cut_anywhere_leaves_before_or_after(most: int, disk: Ext4, actor: Actor) -> None:
    found = points(actor, Scene.at(disk.place / "healthy"))
    wrong = {}
    done = 0
    for number, point in enumerate(spread(found, most)):
        scene = Scene.at(disk.place / str(number))
        disk.sync()
        actor.traced(point.injecting("signal=SIGKILL"), scene)
        disk.cut_power()
        if reason := scene.mend():
            wrong[point] = reason
        done += tree(scene.root) == acting.after(scene.size)
        shutil.rmtree(disk.place / str(number))  # the disk is small
    report(f"power cut at {number + 1} of {len(found)} calls: {done} done, {len(wrong)} wrong")
    assert wrong == {}
    assert done < number


def test_what_is_said_to_be_done_survives_a_power_cut(disk: Ext4, actor: Actor) -> None:
    scene = Scene.at(disk.place / "scene")
    disk.sync()
    assert actor.run(scene).code == 0
    disk.cut_power()
    assert tree(scene.root) == acting.after(scene.size)
    assert scene.mend() is None


@pytest.mark.parametrize("writer", ["in place", "replace"])
def test_a_naive_writer_loses_what_it_did_not_sync(writer: str, disk: Ext4, actor: Actor) -> None:
    found = points(actor, Scene.at(disk.place / "healthy"), writer=writer)
    broken = 0
    for number, point in enumerate(found):
        scene = Scene.at(disk.place / str(number))
        disk.sync()
        actor.traced(point.injecting("signal=SIGKILL"), scene, writer=writer)
        with (disk.place / "another").open("wb") as file:  # any program that syncs brings the names to
            os.fsync(file.fileno())  # the disk, but not what our file holds
        disk.cut_power()
        broken += not scene.is_whole()
    report(f"{writer}: neither before nor after a power cut at {broken} of {len(found)} calls")
    assert broken
