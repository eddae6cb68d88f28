import pytest

from memoryd.domain.checks.suppression_edits import Wish, with_suppressions
from memoryd.domain.markdown.document import parse


def with_wish(source: str, *wishes: Wish) -> str | None:
    after = with_suppressions(parse("MEMORY.md", source.encode()), wishes)
    return None if after is None else after.decode()


LINE = "<!-- memoryd: ignore[L001] -->"
FILE = "<!-- memoryd: ignore-file[L001] -->"


@pytest.mark.parametrize(
    ("before", "line", "after"),
    [
        ("- a\n- b\n", 2, f"- a\n- b {LINE}\n"),
        ("- a\r\n- b\r\n", 1, f"- a {LINE}\r\n- b\r\n"),
        ("one  \ntwo\n", 1, f"one {LINE}  \ntwo\n"),
        ("one\\\ntwo\n", 1, f"one {LINE}\\\ntwo\n"),
        ("| a |\n|---|\n| b |\n", 3, f"| a |\n|---|\n| b {LINE} |\n"),
        ("# T\n", 1, f"# T {LINE}\n"),
        ("- a", 1, f"- a {LINE}"),
    ],
)
def test_a_line_gets_its_comment(before: str, line: int, after: str) -> None:
    assert with_wish(before, Wish(line, "L001", whole_file=False)) == after


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("    code\n", 1),
        ("text `over\ntwo lines` end\n", 1),
        ("---\nname: x\n---\ntext\n", 2),
        ("<div>\ntext\n</div>\n", 2),
    ],
)
def test_where_a_line_cannot_have_one_the_file_gets_it(before: str, line: int) -> None:
    assert with_wish(before, Wish(line, "L001", whole_file=False)) == f"{before}{FILE}\n"


def test_several_codes_of_a_line_share_a_comment() -> None:
    wishes = [Wish(1, code, whole_file=False) for code in ("L002", "L001")]
    assert with_wish("- a\n", *wishes) == "- a <!-- memoryd: ignore[L001, L002] -->\n"


def test_a_code_for_the_whole_file_needs_no_lines() -> None:
    wishes = [Wish(1, "L001", whole_file=False), Wish(2, "L001", whole_file=True)]
    assert with_wish("- a\n- b", *wishes) == f"- a\n- b\n{FILE}\n"


def test_what_ends_in_code_cannot_hold_one() -> None:
    assert with_wish("```\nnever closed\n", Wish(2, "L001", whole_file=False)) is None


def test_what_is_not_utf8_is_left_alone() -> None:
    assert with_suppressions(parse("MEMORY.md", b"- caf\xe9\n"), [Wish(1, "L001", whole_file=False)]) is None


def test_spaces_without_end_are_read_in_one_go() -> None:
    assert with_wish(f"- a{' ' * 100_000}b\n", Wish(1, "L001", whole_file=False)) is not None
