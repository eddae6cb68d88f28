"""Counts of uses for the tests of the use cases."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.adapters.usage.counts import UseCounts


@pytest.fixture
def counts(tmp_path: Path) -> Iterator[UseCounts]:
    with UseCounts(tmp_path / "usage.db") as found:
        yield found
