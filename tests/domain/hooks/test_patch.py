import difflib

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.hooks.patch import apply_patch

TEXTS = st.lists(st.sampled_from(["a", "b", "c", "- x", "", "é"]), max_size=12).flatmap(
    lambda lines: st.sampled_from(["\n".join(lines), "".join(f"{line}\n" for line in lines)])
)


def hunks(before: str, after: str) -> list[dict[str, object]]:
    """What the client reports: hunks with three lines around each change, and marks of missing line ends."""
    old, new = ([*text.split("\n")] for text in (before, after))
    old_end, new_end = (lines.pop() if lines[-1] == "" else None for lines in (old, new))
    marked = [[f"{line}\n" for line in lines] for lines in (old, new)]
    for lines, end in zip(marked, (old_end, new_end), strict=True):
        if end is None and lines:
            lines[-1] = lines[-1][:-1]
    found: list[dict[str, object]] = []
    for group in difflib.SequenceMatcher(None, marked[0], marked[1], autojunk=False).get_grouped_opcodes(3):
        lines = []
        for kind, start, end_, new_start, new_stop in group:
            parts = (
                [(" ", marked[0][start:end_])]
                if kind == "equal"
                else [("-", marked[0][start:end_]), ("+", marked[1][new_start:new_stop])]
            )
            for sign, part in parts:
                for line in part:
                    lines.append(sign + line.removesuffix("\n"))
                    if not line.endswith("\n"):
                        lines.append("\\ No newline at end of file")
        found.append({"oldStart": group[0][1] + 1, "lines": lines})
    return found


@given(TEXTS, TEXTS)
def test_a_patch_makes_the_text_after(before: str, after: str) -> None:
    assert apply_patch(before, hunks(before, after)) == after


@given(TEXTS, TEXTS, TEXTS)
def test_a_patch_of_another_text_is_refused_or_applied_whole(before: str, after: str, other: str) -> None:
    found = apply_patch(other, hunks(before, after))
    assert found is None or isinstance(found, str)


def test_what_is_no_patch_does_not_fit() -> None:
    for hunk in (
        {},
        {"oldStart": "1", "lines": []},
        {"oldStart": 1, "lines": "x"},
        {"oldStart": 1, "lines": [1]},
        {"oldStart": 1, "lines": [""]},
        {"oldStart": 1, "lines": ["?x"]},
        {"oldStart": 9, "lines": [" x"]},
        {"oldStart": 1, "lines": ["-y"]},
    ):
        assert apply_patch("x\n", [hunk]) is None, hunk
