"""An agent that writes all the time, in each way that agents write, while memoryd moves its lines away."""

import os
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from faults.tracing import report
from support import change_of, lines_of, plan_of, python, write_tree

from memoryd.adapters import edits
from memoryd.adapters.history import History
from memoryd.adapters.stores import files
from memoryd.domain.edits.plan import FileChange
from memoryd.errors import ConflictError
from memoryd.services.edits import apply, recover

KINDS = ["rename", "rewrite", "append", "stale"]
SOME_OR_ALL = [pytest.param(400, id="some"), pytest.param(4000, id="all", marks=pytest.mark.slow)]
_AGENT = """
import os, sys, time
kind, path, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
print("ready", flush=True)

def write_in_place(content):
    with open(path, "wb", buffering=0) as file:
        half = len(content) // 2
        file.write(content[:half])
        file.write(content[half:])

for number in range(0, count, 8):
    lines = [b"- agent %d\\n" % each for each in range(number, min(number + 8, count))]
    time.sleep(0.02)  # in bursts: both sides shall win now and then
    if kind == "append":
        with open(path, "ab", buffering=0) as file:
            for line in lines:
                file.write(line)
                time.sleep(0.0005)
        continue
    if kind == "stale":
        with open(path, "rb") as file:
            content = file.read()
        time.sleep(0.02)
        write_in_place(content + b"".join(lines))
        continue
    for line in lines:
        with open(path, "rb") as file:
            content = file.read() + line
        if kind == "rename":
            with open(path + ".tmp", "wb") as file:
                file.write(content)
            os.replace(path + ".tmp", path)
        else:
            write_in_place(content)
        time.sleep(0.0005)
"""


def missing(kind: str, count: int, root: Path, tidy_up: Callable[[], None]) -> set[bytes]:
    """Let an agent write its lines while somebody tidies up; those that are in no file in the end."""
    write_tree(root, {"MEMORY.md": "# Memory\n"})
    command = python("-c", _AGENT, kind, str(root / "MEMORY.md"), str(count))
    with subprocess.Popen(command, stdout=subprocess.PIPE) as agent:
        assert agent.stdout is not None
        agent.stdout.readline()
        while agent.poll() is None:
            tidy_up()
        assert agent.returncode == 0
    tidy_up()
    return {b"- agent %d" % number for number in range(count)} - lines_of(root)


def parted(index: bytes) -> tuple[bytes, bytes]:
    """What stays, and the lines of the agent, whole ones only."""
    lines = index.splitlines(keepends=True)
    theirs = [line for line in lines if line.startswith(b"- agent") and line.endswith(b"\n")]
    return b"".join(line for line in lines if line not in theirs), b"".join(theirs)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("count", SOME_OR_ALL)
def test_an_agent_that_writes_all_the_time_loses_no_line(count: int, kind: str, tmp_path: Path) -> None:
    root = write_tree(tmp_path / "store", {"MEMORY.md": "# Memory\n"})
    if edits.has_writer(str(root / "MEMORY.md")) is None:
        pytest.skip("no read leases here: each file would be kept for the whole grace time")
    done = conflicts = 0
    with History(tmp_path / "history.db") as history:

        def tidy_up() -> None:
            nonlocal done, conflicts
            index = files.read(str(root / "MEMORY.md"))
            kept, moved = parted(index)
            if not moved:
                return
            archive = change_of(root, "archive.md", None)
            added = FileChange(archive.root, archive.path, archive.before, (archive.before or b"") + moved)
            try:
                apply(plan_of(FileChange(str(root), f"{root}/MEMORY.md", index, kept), added), history)
                done += 1
            except ConflictError:
                conflicts += 1

        invisible = missing(kind, count, root, tidy_up)
        recover([str(root)], history)
        recorded = {
            line
            for name in ("MEMORY.md", "archive.md")
            for _, content in history.versions(str(root / name))
            for line in (content or b"").split(b"\n")
        }
        assert history.unfinished() == ()
    invisible &= invisible - lines_of(root)
    lost = invisible - recorded
    report(
        f"{kind}: {count} lines, {done} moves, {conflicts} lost races: {len(lost)} lost, "
        f"{len(invisible)} in the history only"
    )
    assert lost == set()
    assert done
    assert not list(edits.leftovers(str(root)))


@pytest.mark.parametrize("count", SOME_OR_ALL)
def test_a_naive_writer_loses_lines(count: int, tmp_path: Path) -> None:
    root = tmp_path / "store"

    def tidy_up() -> None:
        index = (root / "MEMORY.md").read_bytes()
        kept, moved = parted(index)
        if not moved:
            return
        with (root / "archive.md").open("ab") as file:
            file.write(moved)
        (root / "new").write_bytes(kept)
        if (root / "MEMORY.md").read_bytes() == index:
            os.replace(root / "new", root / "MEMORY.md")

    lost = {}
    for kind in KINDS:
        with suppress(FileNotFoundError):
            (root / "archive.md").unlink()
        lost[kind] = len(missing(kind, count, root, tidy_up))
    report(f"naive: of {count} lines each are lost: {lost}")
    assert any(lost.values())
