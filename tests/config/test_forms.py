from pathlib import Path

import pytest

from memoryd.config import load


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("250ms", 0.25), ("2 m", 120), ("1h", 3600), ("1d", 86400)]
)
def test_durations(tmp_path: Path, text: str, seconds: float) -> None:
    assert load(tmp_path / "absent", {"MEMORYD_RESCAN": text}).rescan == seconds
