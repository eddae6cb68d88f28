from pathlib import Path

import pytest

from memoryd.cli.editor import edit_file
from memoryd.errors import MemorydError


def test_the_visual_editor_wins_and_may_have_arguments(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a b.md"
    monkeypatch.setenv("EDITOR", "false")
    monkeypatch.setenv("VISUAL", "cp /dev/null")
    edit_file(path)
    assert path.read_bytes() == b""


@pytest.mark.parametrize("name", ["", "/no/such/editor"])
def test_without_an_editor_it_says_what_to_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", name)
    with pytest.raises(MemorydError) as caught:
        edit_file(tmp_path / "a.md")
    assert "set EDITOR" in str(caught.value.hint)
