"""An agent that writes a line after any one call of an operation: every line is visible in the end."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from faults import acting
from faults.tracing import SOME_OR_ALL, Actor, Scene, needs_strace, points, report, spread
from support import lines_of

from memoryd.adapters.edits import leftovers
from memoryd.adapters.history import History
from memoryd.services.edits import recover

pytestmark = needs_strace
THEIRS = b"- theirs\n"


def append(index: Path) -> None:
    with index.open("ab") as file:
        file.write(THEIRS)


def rewrite(index: Path) -> None:
    index.write_bytes(index.read_bytes() + THEIRS)


def rename(index: Path) -> None:
    index.with_name("theirs").write_bytes(index.read_bytes() + THEIRS)
    os.replace(index.with_name("theirs"), index)


def missing(scene: Scene) -> set[bytes]:
    """Lines that are in no visible file."""
    before = b"".join(acting.before(scene.size).values()) + THEIRS
    return {line.lstrip(b"# ") for line in before.split(b"\n")} - lines_of(scene.root)


@pytest.mark.parametrize("agent", [append, rewrite, rename])
@pytest.mark.parametrize("most", SOME_OR_ALL)
def test_a_line_written_after_any_call_is_visible(
    most: int, agent: Callable[[Path], None], actor: Actor, tmp_path: Path
) -> None:
    found = points(actor, Scene.at(tmp_path / "healthy"))[:-1]  # after the end there is no stop
    wrong = {}
    refused = 0
    for number, point in enumerate(spread(found, most)):
        scene = Scene.at(tmp_path / str(number))
        index = scene.root / "MEMORY.md"
        outcome = actor.interrupted(point, lambda index=index: agent(index), scene)  # type: ignore[misc]
        refused += outcome.code == 2
        with History(scene.state / "history.db") as history:
            recover([str(scene.root)], history)
        if outcome.code not in {0, 2}:
            wrong[point] = outcome.errors
        elif lost := missing(scene):
            wrong[point] = f"{outcome}: {sorted(lost)}"
        elif list(leftovers(str(scene.root))):
            wrong[point] = "left-overs"
    report(
        f"{agent.__name__} after {number + 1} of {len(found)} calls: {refused} refused, {len(wrong)} wrong"
    )
    assert wrong == {}
    assert refused


@pytest.mark.parametrize("agent", [append, rewrite, rename])
def test_a_naive_writer_overwrites_it(agent: Callable[[Path], None], actor: Actor, tmp_path: Path) -> None:
    found = points(actor, Scene.at(tmp_path / "healthy"), writer="replace")
    broken = 0
    for number, point in enumerate(found):
        scene = Scene.at(tmp_path / str(number))
        index = scene.root / "MEMORY.md"
        actor.interrupted(point, lambda index=index: agent(index), scene, writer="replace")  # type: ignore[misc]
        broken += bool(missing(scene))
    report(f"naive, {agent.__name__}: a line is lost after {broken} of {len(found)} calls")
    assert broken
