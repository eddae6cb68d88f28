"""Swapped while it is checked: nothing outside the store is written, and nothing in it is lost."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from faults import acting
from faults.tracing import SIZE, SOME_OR_ALL, Actor, Point, Scene, needs_strace, points, report, spread
from support import is_root, tree, write_tree

pytestmark = needs_strace
Swap = Callable[[Path, Path], None]


def link_file(root: Path, outside: Path) -> None:
    """The index file becomes a link to a file of the same bytes."""
    os.replace(root / "MEMORY.md", root / "theirs")
    (root / "MEMORY.md").symlink_to(outside / "MEMORY.md")


def link_twice(root: Path, outside: Path) -> None:
    os.link(root / "MEMORY.md", outside / "second")


def become_pipe(root: Path, _outside: Path) -> None:
    os.replace(root / "MEMORY.md", root / "theirs")
    os.mkfifo(root / "MEMORY.md")


def become_directory(root: Path, _outside: Path) -> None:
    os.replace(root / "MEMORY.md", root / "theirs")
    write_tree(root / "MEMORY.md", {"inside.md": "theirs\n"})


def give_away(root: Path, _outside: Path) -> None:
    os.chown(root / "MEMORY.md", 12345, -1)


def link_new(root: Path, outside: Path) -> None:
    """Where a file is to be created, a link leads out."""
    (root / "b.md").symlink_to(outside / "new.md")


def link_root(root: Path, outside: Path) -> None:
    """The directory becomes a link to another of the same files."""
    os.replace(root, root.with_name("moved"))
    root.symlink_to(outside)


SWAPS = [
    link_file,
    link_twice,
    become_pipe,
    become_directory,
    pytest.param(give_away, marks=pytest.mark.skipif(not is_root(), reason="only root can give files away")),
    link_new,
    link_root,
]


def scene_of(place: Path) -> tuple[Scene, Path]:
    """A scene and a directory outside of it with the same files."""
    return Scene.at(place), write_tree(place / "outside", dict(acting.before(SIZE)))


def swapping(swap: Swap, scene: Scene, outside: Path, seen: list[set[str]]) -> Callable[[], None]:
    def meanwhile() -> None:
        with suppress(FileExistsError):  # what is to be created has been
            swap(scene.root, outside)
        seen.append(set(os.listdir(outside)))

    return meanwhile


def lines_below(place: Path) -> set[bytes]:
    return {line for content in tree(place).values() for line in content.split(b"\n")}


def wrong(scene: Scene, outside: Path, swapped: list[set[str]]) -> str | None:
    """What is written outside, or lost inside."""
    unknown = set(os.listdir(outside)) - set().union(*swapped, acting.before(0))
    if unknown:
        return f"made outside: {unknown}"
    for name, content in acting.before(scene.size).items():
        if (outside / name).read_bytes() != content:
            return f"{name} was written outside"
    place = scene.root.parent
    shutil.rmtree(outside)
    lines = {line for content in acting.before(scene.size).values() for line in content.split(b"\n")}
    missing = lines - lines_below(place) - {b"old"}  # deleting it is what was asked for
    return f"{len(missing)} lines lost" if missing else None


@pytest.mark.parametrize("swap", SWAPS)
@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_swapped_after_any_call(most: int, swap: Swap, actor: Actor, tmp_path: Path) -> None:
    healthy = Scene.at(tmp_path / "healthy")
    found = since_first_look(points(actor, healthy), healthy.root)
    failed = 0
    faults = {}
    for number, point in enumerate(spread(found, most)):
        scene, outside = scene_of(tmp_path / str(number))
        swapped: list[set[str]] = []
        outcome = actor.interrupted(point, swapping(swap, scene, outside, swapped), scene)
        failed += outcome.code == 2
        if outcome.code not in {0, 2}:
            faults[point] = outcome.errors
        elif reason := wrong(scene, outside, swapped):
            faults[point] = reason
    report(f"{swap.__name__} after {number + 1} of {len(found)} calls: {failed} refused, {len(faults)} wrong")
    assert faults == {}
    assert failed


def since_first_look(found: list[Point], root: Path) -> list[Point]:
    """Only those from the first look at the store on: what is swapped before is the store."""
    looks = (number for number, point in enumerate(found) if f'"{root}", {{st_mode=S_IFDIR' in point.text)
    return found[next(looks) :]


@pytest.mark.parametrize("writer", ["in place", "replace"])
def test_a_naive_writer_writes_outside_or_loses_what_came_between(
    writer: str, actor: Actor, tmp_path: Path
) -> None:
    found = points(actor, Scene.at(tmp_path / "healthy"), writer=writer)
    broken = 0
    for number, point in enumerate(found):
        scene, outside = scene_of(tmp_path / str(number))
        swapped: list[set[str]] = []
        actor.interrupted(point, swapping(link_file, scene, outside, swapped), scene, writer=writer)
        target = scene.root / "MEMORY.md"
        broken += bool(wrong(scene, outside, swapped)) or (bool(swapped) and not target.is_symlink())
    report(f"{writer}: a link was followed or replaced after {broken} of {len(found)} calls")
    assert broken
