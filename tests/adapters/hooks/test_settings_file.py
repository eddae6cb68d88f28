import os
import stat
from pathlib import Path

import pytest

from memoryd.adapters.hooks.settings_file import read_settings, write_settings
from memoryd.errors import MemorydError


def test_permissions_stay_and_a_new_file_is_private(tmp_path: Path) -> None:
    path = tmp_path / ".claude" / "settings.json"
    write_settings(path, "", "{}\n")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    path.chmod(0o644)
    write_settings(path, "{}\n", '{"a": 1}\n')
    assert (read_settings(path), stat.S_IMODE(path.stat().st_mode)) == ('{"a": 1}\n', 0o644)
    write_settings(path, '{"a": 1}\n', "")
    assert os.listdir(path.parent) == []


def test_a_file_that_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text("{}")
    with pytest.raises(MemorydError, match="changed meanwhile"):
        write_settings(path, "", "{ }")
    assert path.read_text() == "{}"


def test_what_cannot_be_read_or_written_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(b"\xff")
    with pytest.raises(MemorydError, match="UTF-8"):
        read_settings(path)
    path.write_bytes(b" " * 2_000_000)
    with pytest.raises(MemorydError, match="larger"):
        read_settings(path)
    (tmp_path / "file").write_text("")
    with pytest.raises(MemorydError, match="cannot read"):
        write_settings(tmp_path / "file" / "settings.json", "", "{}")
