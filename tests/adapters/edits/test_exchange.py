import os
import subprocess
from pathlib import Path

import pytest
from support import (
    REPOSITORY,
    STRACE,
    python,
    strace_works,
    tree,
    unmeasured,
)

from memoryd.adapters.edits import has_writer
from memoryd.adapters.edits.directory import OpenDirectory
from memoryd.adapters.edits.exchange import exchange, rename_new

OLD = b"# Memory\n- one\n"
NEW = b"# Memory\n- one\n- two\n"


@pytest.mark.skipif(not strace_works(), reason="no strace that may trace here")
def test_everything_works_without_renameat2(store: Path) -> None:
    script = f"""
from memoryd.adapters.edits import write
from memoryd.domain.edits.plan import FileChange
def go(name, before, after):
    displaced = write(FileChange({str(store)!r}, {str(store)!r} + "/" + name, before, after), 1)
    if displaced:
        assert displaced.settle(print) is None
go("MEMORY.md", {OLD!r}, {NEW!r})
go("new.md", None, {NEW!r})
go("other.md", None, {OLD!r})
go("new.md", {NEW!r}, None)
"""
    command = [str(STRACE), "-f", "-qq", "-o", os.devnull, "-e", "inject=renameat2:error=EINVAL"]
    subprocess.run([*command, *python("-c", script)], check=True, cwd=REPOSITORY, env=unmeasured())
    assert tree(store) == {"MEMORY.md": NEW, "other.md": OLD}


def test_swapping_raises_what_is_not_for_want_of_support(place: OpenDirectory) -> None:
    with pytest.raises(FileNotFoundError):
        exchange("absent", "MEMORY.md", place.descriptor)


def test_renaming_never_replaces(store: Path, target: Path, place: OpenDirectory) -> None:
    (store / "other").write_bytes(NEW)
    with pytest.raises(FileExistsError):
        rename_new("other", "MEMORY.md", place.descriptor)
    assert target.read_bytes() == OLD


@pytest.mark.usefixtures("leases")
def test_a_writer_is_known_by_its_open_descriptor(target: Path) -> None:
    assert has_writer(str(target)) is False
    with target.open("ab"):
        assert has_writer(str(target)) is True
    with target.open("rb"):
        assert has_writer(str(target)) is False
    assert has_writer(str(target) + ".gone") is False
