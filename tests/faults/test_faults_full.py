"""A disk that is full before any step: before or after, and one sentence."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from faults import acting
from faults.disks import fill, tmpfs
from faults.tracing import Actor, Scene, report
from support import is_root, write_tree

SIZE = 4000
SOME_OR_ALL = [pytest.param(40_960, id="some"), pytest.param(4096, id="all", marks=pytest.mark.slow)]
pytestmark = pytest.mark.skipif(not is_root(), reason="only root can mount a small disk")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with tmpfs(tmp_path / "disk", "1m") as disk:
        yield disk


def scene_on(disk: Path, place: Path, what: str) -> Scene:
    """A scene of which one part lies on the small disk."""
    root, state = (disk if what == part else place for part in ("store", "history"))
    (state / "state").mkdir(parents=True)
    return Scene(write_tree(root / "store", dict(acting.before(SIZE))), state / "state", SIZE)


@pytest.mark.parametrize("what", ["store", "history"])
@pytest.mark.parametrize("step", SOME_OR_ALL)
def test_a_full_disk_changes_nothing(step: int, what: str, actor: Actor, tmp_path: Path) -> None:
    wrong = {}
    failed = 0
    sizes = range(0, 500_000, step)
    for left in sizes:
        with tmpfs(tmp_path / f"disk{left}", "1m") as disk:
            scene = scene_on(disk, tmp_path / str(left), what)
            ballast = fill(disk, left)
            outcome = actor.run(scene)
            ballast.unlink()
            failed += outcome.code == 2
            if outcome.code not in {0, 2}:
                wrong[left] = outcome.errors
            elif outcome.code == 0 and not scene.is_whole():
                wrong[left] = "said to be done, but is not"
            elif reason := scene.mend():
                wrong[left] = reason
    report(f"disk of the {what} full, {len(sizes)} sizes: {failed} failed, {len(wrong)} wrong")
    assert wrong == {}
    assert 0 < failed < len(sizes)


def test_a_naive_writer_leaves_half_a_file_on_a_full_disk(actor: Actor, disk: Path, tmp_path: Path) -> None:
    scene = scene_on(disk, tmp_path / "place", "store")
    fill(disk, 0)
    assert actor.run(scene, writer="in place").code == 1
    assert not scene.is_whole()
