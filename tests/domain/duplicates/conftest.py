"""Fixtures of the tests in this folder."""

from pathlib import Path

import pytest


@pytest.fixture
def root(tmp_path: Path) -> Path:
    directory = tmp_path / ".claude" / "agent-memory" / "reviewer"
    directory.mkdir(parents=True)
    return directory
