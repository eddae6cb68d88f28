"""Differences by lines, also of hostile texts."""

import difflib
import subprocess
import sys
from itertools import islice
from pathlib import Path
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.text import line_diff
from memoryd.domain.text.line_diff import LineMatcher, unified

LINES = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "\n", "long line of text\n"]), max_size=25)


def rebuilt(old: list[str], new: list[str]) -> list[str]:
    """The new text, made from the old one and the opcodes; fails where "equal" lines are not."""
    out: list[str] = []
    at = 0
    for kind, start, end, new_start, new_end in LineMatcher(old, new).get_opcodes():
        assert start == at
        at = end
        if kind == "equal":
            assert old[start:end] == new[new_start:new_end]
        out += new[new_start:new_end]
    assert at == len(old)
    return out


@given(LINES, LINES)
def test_a_small_diff_is_that_of_the_library(old: list[str], new: list[str]) -> None:
    assert list(unified(old, new, ("x", "y"))) == list(difflib.unified_diff(old, new, "x", "y"))


@given(LINES, LINES)
def test_a_large_diff_leads_from_one_text_to_the_other(old: list[str], new: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(line_diff, "_WHOLE", -1)
        for most in (-1, 30):
            patch.setattr(line_diff, "_PART", most)
            assert rebuilt(old, new) == new


@pytest.mark.parametrize("kept", [1, 2, 3])
def test_lines_that_were_only_removed_are_found_exactly(kept: int) -> None:
    old = [f"- line {number % 7}\n" for number in range(9_000)]
    new = [line for number, line in enumerate(old) if number % 4 < kept]
    deleted = sum(line.startswith("-- ") for line in islice(unified(old, new, ("x", "y")), 2, None))
    assert deleted == len(old) - len(new)


def test_patch_accepts_a_large_diff(tmp_path: Path) -> None:
    old = [f"- {number % 50} of {number % 3}\n" for number in range(3_000)]
    new = [line for number, line in enumerate(old) if number % 3] + ["- new\n"]
    new[1500:1500] = [f"- inserted {number}\n" for number in range(50)]
    (tmp_path / "a").write_text("".join(old))
    (tmp_path / "d").write_text("".join(unified(old, new, ("a", "a"))))
    subprocess.run(["patch", "-s", "a", "d"], cwd=tmp_path, check=True)
    assert (tmp_path / "a").read_text() == "".join(new)


def steps(old: list[str], new: list[str]) -> int:
    """Return how many lines of Python a comparison runs."""
    counted = 0

    def count(_frame: FrameType, event: str, _argument: object) -> object:
        nonlocal counted
        counted += event == "line"
        return count

    before = sys.gettrace()
    sys.settrace(count)  # type: ignore[arg-type]
    try:
        LineMatcher(old, new).get_opcodes()
    finally:
        sys.settrace(before)
    return counted


@pytest.mark.parametrize(
    "line",
    [
        "- a\n",
        "- {n}\n",
        "- {seventh}\n",
        "- a {n} b\n- a\n",
    ],
)
@pytest.mark.parametrize("change", ["every second goes", "turned round", "half is new", "interleaved"])
def test_twice_the_lines_is_twice_the_work(line: str, change: str) -> None:
    def work(count: int) -> int:
        made = (line.format(n=number, seventh=number % 7) for number in range(count))
        old = "".join(made).splitlines(keepends=True)
        other = [f"+ {number}\n" for number in range(len(old) // 2)]
        new = {
            "every second goes": old[::2],
            "turned round": old[::-1],
            "half is new": old[: len(old) // 2] + other,
            "interleaved": [each for pair in zip(old, other, strict=False) for each in pair],
        }[change]
        return steps(old, new)

    once, twice = work(1_500), work(3_000)
    assert twice <= 2.6 * max(once, 20_000), (once, twice)
