"""Fixtures of the tests in this folder."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support import (
    change_of,
    write_tree,
)

from memoryd.adapters.edits import has_writer
from memoryd.adapters.edits.directory import OpenDirectory, opened

OLD = b"# Memory\n- one\n"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": OLD})


@pytest.fixture
def target(store: Path) -> Path:
    return store / "MEMORY.md"


NEW = b"# Memory\n- one\n- two\n"


@pytest.fixture
def place(store: Path) -> Iterator[OpenDirectory]:
    with opened(change_of(store, "MEMORY.md", NEW)) as place:
        yield place


@pytest.fixture
def leases(target: Path) -> None:
    if has_writer(str(target)) is None:
        pytest.skip("no read leases here: writers cannot be asked about")


@pytest.fixture
def immutable() -> Iterator[list[Path]]:
    """Paths to be set free again."""
    paths: list[Path] = []
    yield paths
    for path in paths:
        subprocess.run(["chattr", "-i", path], check=True, capture_output=True)
