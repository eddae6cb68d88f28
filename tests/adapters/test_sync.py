"""Settings and state of the exchange."""

from pathlib import Path

import pytest

from memoryd.adapters.sync import (
    SyncSettings,
    SyncState,
    alone,
    read_settings,
    read_state,
    write_settings,
    write_state,
)
from memoryd.errors import MemorydError


def test_settings_and_state_are_kept(tmp_path: Path) -> None:
    assert read_settings(tmp_path) is None
    assert read_state(tmp_path) == SyncState()
    settings = SyncSettings("r", "m", {"/d": "n"})
    write_settings(tmp_path, settings)
    assert read_settings(tmp_path) == settings
    state = SyncState(1.5, {"/r": {"a": "1"}}, "h")
    write_state(tmp_path, state)
    assert read_state(tmp_path) == state
    assert (tmp_path / "settings.json").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("text", ["{", "[]", '{"x": 1}', "\0"])
def test_damaged_settings_are_told_and_a_damaged_state_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "settings.json").write_text(text)
    (tmp_path / "state.json").write_text(text)
    with pytest.raises(MemorydError, match="is damaged"):
        read_settings(tmp_path)
    assert read_state(tmp_path) == SyncState()


def test_one_exchange_at_a_time(tmp_path: Path) -> None:
    with alone(tmp_path), pytest.raises(MemorydError, match="another memoryd"), alone(tmp_path):
        pass
    with alone(tmp_path):
        pass
