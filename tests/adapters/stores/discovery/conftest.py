"""Fixtures of the tests in this folder."""

from pathlib import Path

import pytest

from memoryd.adapters.stores.discovery import (
    Places,
)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "home/.claude").mkdir(parents=True)
    return tmp_path / "home"


@pytest.fixture
def repository(home: Path) -> Path:
    (home / "code/shop/.git").mkdir(parents=True)
    return home / "code/shop"


@pytest.fixture
def places(home: Path) -> Places:
    return Places(home, home / ".claude")
