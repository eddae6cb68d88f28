import pytest

from memoryd.domain.checks.suppressions import suppressions_of, unused_names, without
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import Span
from memoryd.rules import ALL_RULES


def lines_of(source: str) -> list[list[int]]:
    return [list(each.lines) for each in suppressions_of(parse("MEMORY.md", source.encode()))]


def names_of(source: str) -> list[tuple[str, ...]]:
    return [each.names for each in suppressions_of(parse("MEMORY.md", source.encode()))]


def test_one_on_a_line_with_content_silences_that_line_only() -> None:
    assert lines_of("a\n\n- b <!-- memoryd: ignore[L001] why -->\n- c\n") == [[3]]


def test_one_alone_silences_the_next_line_with_content() -> None:
    assert lines_of("<!-- memoryd: ignore[L001] -->\n\n- b\n- c\n") == [[1, 2, 3]]


def test_several_alone_silence_the_same_line() -> None:
    source = "<!-- memoryd: ignore[L001] -->\n<!-- memoryd: ignore[L002] -->\n- b\n"
    assert lines_of(source) == [[1, 2, 3], [2, 3]]


def test_one_of_several_lines_counts_from_its_first() -> None:
    assert lines_of("<!-- memoryd: ignore[L001]\nsince it is so -->\n- b\n- c\n") == [[1, 2, 3]]


def test_line_ends_of_windows_are_no_content() -> None:
    assert lines_of("<!-- memoryd: ignore[L001] -->\r\n\r\n- b\r\n- c\r\n") == [[1, 2, 3]]


def test_one_at_the_end_of_a_file_silences_itself() -> None:
    assert lines_of("- a\n\n<!-- memoryd: ignore[L001] -->") == [[3]]


@pytest.mark.parametrize(
    "source",
    [
        "`<!-- memoryd: ignore[L001] -->`\n",
        "    <!-- memoryd: ignore[L001] -->\n",
        "```\n<!-- memoryd: ignore[L001] -->\n```\n",
        "- a\n\n  ```\n  <!-- memoryd: ignore[L001] -->\n  ```\n",
        "\\<!-- memoryd: ignore[L001] -->\n",
        "---\nname: <!-- memoryd: ignore[L001] -->\n---\ntext\n",
        "<!-- memoryd: ignore[L001] never ends\n",
        "<!-- memoryd: pin -->\n",
        "<!-- memoryd: ignored[L001] -->\n",
    ],
)
def test_what_is_no_comment_silences_nothing(source: str) -> None:
    assert names_of(source) == []


def test_names_are_parted_by_commas() -> None:
    assert names_of("a <!--memoryd:ignore[ L001 , broken-anchor,]-->\n") == [("L001", "broken-anchor")]
    assert names_of("a <!-- memoryd: ignore -->\n") == [()]


def test_a_comment_for_the_file_says_so() -> None:
    source = b"- a\n\n<!-- memoryd: ignore-file[L001] -->\n"
    (found,) = suppressions_of(parse("MEMORY.md", source))
    assert found.whole_file


def test_many_comments_that_never_end_are_read_in_one_go() -> None:
    assert names_of("<!-- memoryd: ignore[L001] " * 4000) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("- a <!-- memoryd: ignore[L001] x -->\n- b\n", "- a\n- b\n"),
        ("- a <!-- memoryd: ignore[L001] x -->\r\n", "- a\r\n"),
        ("- a <!-- memoryd: ignore[L001] --> b\n", "- a  b\n"),
        ("<!-- memoryd: ignore[L001] -->\n- a\n", "- a\n"),
        ("- a\n<!-- memoryd: ignore[L001]\nx -->\n- b\n", "- a\n- b\n"),
        ("one\n<!-- memoryd: ignore[L001] -->\ntwo\n", "one\n\ntwo\n"),
        ("- a <!-- memoryd: ignore[L001] -->", "- a"),
        ("\ufeff<!-- memoryd: ignore[L001] -->\n- a\n", "\ufeff- a\n"),
        ("> a <!-- memoryd: ignore[L001] -->\n", "> a\n"),
    ],
)
def test_a_comment_goes_and_the_rest_stays(before: str, after: str) -> None:
    document = parse("MEMORY.md", before.encode())
    (comment,) = suppressions_of(document)
    unused = unused_names("/x", comment, frozenset(), ALL_RULES, "F010")
    assert unused is not None
    assert without(document, unused) == after.encode()


def test_only_the_names_that_are_not_used_go() -> None:
    document = parse("MEMORY.md", b"- a <!-- memoryd: ignore[L001, nonsense, L002] why -->\n")
    (comment,) = suppressions_of(document)
    used = frozenset({("/x", comment.span.start, "L002")})
    unused = unused_names("/x", comment, used, ALL_RULES, "F010")
    assert unused is not None
    assert unused.names == ("L001", "nonsense")
    assert 'there is no rule "nonsense"' in unused.reason
    assert without(document, unused) == b"- a <!-- memoryd: ignore[L002] why -->\n"


def test_what_is_used_is_no_problem() -> None:
    (comment,) = suppressions_of(parse("MEMORY.md", b"- a <!-- memoryd: ignore[L001] -->\n"))
    assert comment.span == Span(4, 34)
    used = frozenset({("/x", 4, "L001")})
    assert unused_names("/x", comment, used, ALL_RULES, "F010") is None
