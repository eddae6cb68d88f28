"""Fixtures of the tests in this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from adapters.search.indexing import check_integrity

from memoryd.adapters.search.index import Index


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "index.db"


@pytest.fixture
def index(path: Path) -> Iterator[Index]:
    with Index(path) as index:
        yield index
        check_integrity(index)
