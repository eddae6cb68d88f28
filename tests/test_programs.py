"""Programs are looked for on PATH."""

from pathlib import Path

import pytest

from memoryd.programs import find_program


def test_only_absolute_directories_and_executable_files_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("relative", "plain", "right"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "scanner").touch(mode=0o644 if name == "plain" else 0o755)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"relative:{tmp_path}/plain")
    assert find_program("scanner") is None
    monkeypatch.setenv("PATH", f"relative:{tmp_path}/plain:{tmp_path}/right")
    assert find_program("scanner") == f"{tmp_path}/right/scanner"
