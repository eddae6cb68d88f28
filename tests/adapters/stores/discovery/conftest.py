"""Fixtures of the tests in this folder."""

from pathlib import Path

import pytest


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/.claude").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def repository(home: Path) -> Path:
    (home / "code/shop/.git").mkdir(parents=True)
    return home / "code/shop"
