"""Names of the files that are beside others for a moment."""

import os
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from support import change_of

from memoryd.adapters import edits
from memoryd.adapters.edits.directory import is_beside, operation_of, target_in, temporary_name

_NAMES = st.text(st.characters(codec="utf-8", exclude_characters="/\0"), min_size=1, max_size=255)


@given(_NAMES, st.integers(1, 2**40), st.integers(1, 99))
def test_any_name_has_one_that_fits_and_leads_back(name: str, operation: int, number: int) -> None:
    assume(len(os.fsencode(name)) <= 255)
    made = temporary_name(name, operation, number)
    assert len(os.fsencode(made)) <= 255
    assert operation_of(made) == operation
    assert is_beside(made, name)
    assert target_in(made, ["other.md", name]) == name


@given(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), max_size=80))
def test_any_other_name_is_none_of_ours_or_has_a_number_that_can_be_kept(rest: str) -> None:
    operation = operation_of(f".memoryd.{rest}")
    assert operation is None or operation < 2**63


@pytest.mark.parametrize("size", [230, 240, 241, 252, 255])
def test_files_with_long_names_are_written(tmp_path: Path, size: int) -> None:
    name = "l" * (size - 3) + ".md"
    (tmp_path / name).write_bytes(b"old\n")
    displaced = edits.write(change_of(tmp_path, name, b"new\n"), 12)
    assert displaced
    [(path, target, operation)] = list(edits.leftovers(str(tmp_path)))
    assert (target, operation) == (str(tmp_path / name), 12)
    assert os.path.dirname(path) == str(tmp_path)
    displaced.settle(lambda _: None)
    assert os.listdir(tmp_path) == [name]
