"""The merge of one file that git asks for, where it fails."""

from pathlib import Path

import pytest
from support import write_tree

from memoryd.errors import MemorydError
from memoryd.services.merging.drive import demand_text, drive


def test_what_is_too_large_stays(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "", "b": b"- x\n" * (2**21 + 1), "c": "- y\n"})
    with pytest.raises(MemorydError, match="larger than 8 MiB"):
        drive(tmp_path / "a", tmp_path / "b", tmp_path / "c", name="b", strict=False)


def test_what_cannot_be_written_stays(tmp_path: Path) -> None:
    write_tree(tmp_path, {"a": "", "ours/b": "- x\n", "c": "- y\n"})
    with pytest.raises(MemorydError, match="cannot read"):
        drive(tmp_path / "a", tmp_path / "no", tmp_path / "c", name="b", strict=False)


def test_text_is_utf_8() -> None:
    demand_text([b"", "é".encode()], "x")
    for content in (b"\0", b"\xff"):
        with pytest.raises(MemorydError, match="x is not merged: a version of it is not UTF-8 text"):
            demand_text([b"", content], "x")
