"""What every fault suite works with."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from faults.tracing import Actor


@pytest.fixture
def actor(tmp_path: Path) -> Iterator[Actor]:
    """A warm process that carries out operations; ends with the test."""
    with closing(Actor(tmp_path)) as actor:
        yield actor
