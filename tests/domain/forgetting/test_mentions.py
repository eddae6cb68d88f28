"""A document without what speaks of a needle."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.forgetting.mentions import mentions, without
from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.markdown.document import parse

ANN = Needle("Ann Example")


def left(text: str, *, is_index: bool = True, similar: bool = False, needle: Needle = ANN) -> str | None:
    name = "MEMORY.md" if is_index else "topic.md"
    after = without(parse(name, text.encode()), needle, is_index=is_index, similar=similar)
    return None if after is None else after.decode()


PARTS = [
    ("an entry", "- a\n- Ann Example\n- b\n", "- a\n- b\n"),
    ("its children", "- a\n- Ann Example\n  - tea\n\n    more\n- b\n", "- a\n- b\n"),
    ("a child alone", "- a\n  - Ann Example\n  - c\n- b\n", "- a\n  - c\n- b\n"),
    ("across a line end", "- a\n- met Ann\n  Example\n- b\n", "- a\n- b\n"),
    ("a paragraph", "one\n\nof Ann Example\nand\n\ntwo\n", "one\n\ntwo\n"),
    ("the last paragraph", "one\n\nof Ann Example\n", "one\n"),
    ("a row", "| a |\n|---|\n| Ann Example |\n| b |\n", "| a |\n|---|\n| b |\n"),
    ("a table", "x\n\n| Ann Example |\n|---|\n| b |\n\ny\n", "x\n\ny\n"),
    ("a line of code", "x\n\n```\na\nAnn Example\n\n\nb\n```\n", "x\n\n```\na\n\n\nb\n```\n"),
    ("a quote", "x\n\n> Ann Example\n\ny\n", "x\n\ny\n"),
    ("a comment", "x\n\n<!-- Ann Example -->\n\ny\n", "x\n\ny\n"),
    ("a reference", "[x]\n\n[x]: https://ann-example.org\n", "[x]\n"),
    ("a footnote", "x[^1]\n\n[^1]: Ann Example\n", "x[^1]\n"),
    (
        "a section",
        "# M\n\n## Ann Example\n\n- tea\n\n### more\n\n- x\n\n## B\n\n- b\n",
        "# M\n\n## B\n\n- b\n",
    ),
    ("the index's title alone", "# Ann Example's\n\n- b\n", "- b\n"),
    ("a value", "---\na: 1\nb: Ann\n  Example\nc: 2\n---\n- x\n", "---\na: 1\nc: 2\n---\n- x\n"),
    ("one of a list", "---\na:\n  - Ann Example\n  - B\n---\n- x\n", "---\na:\n  - B\n---\n- x\n"),
    ("CRLF", "- a\r\n- Ann Example\r\n- b\r\n", "- a\r\n- b\r\n"),
    ("without a last line end", "- a\n- Ann Example", "- a\n"),
    ("a task", "- [x] a\n- [ ] Ann Example\n- b\n", "- [x] a\n- b\n"),
    ("an address", "- a\n- see https://x.example/?q=%41nn%20Example\n- b\n", "- a\n- b\n"),
    ("a line of JSON", 'x\n\n```json\n{\n"a": "\\u0041nn Example",\n}\n```\n', "x\n\n```json\n{\n}\n```\n"),
    ("several", "- Ann Example\n- b\n- Ann Example\n", "- b\n"),
    ("nothing", "- a \n\n\n\n- Ann\n- Example", "- a \n\n\n\n- Ann\n- Example"),
]


@pytest.mark.parametrize(("text", "after"), [row[1:] for row in PARTS], ids=[row[0] for row in PARTS])
def test_the_smallest_part_goes_and_nothing_else(text: str, after: str) -> None:
    assert left(text) == after


def test_a_pointer_stays_where_only_its_hook_speaks_of_it() -> None:
    assert left("- **[Tea](tea.md)** — Ann Example likes it\n- b\n") == "- **[Tea](tea.md)**\n- b\n"
    assert left("- [Ann Example](tea.md) — tea\n- b\n") == "- b\n"
    assert left("- [Tea](tea.md) — tea\n  - Ann Example\n- b\n") == "- [Tea](tea.md) — tea\n- b\n"


@pytest.mark.parametrize(
    "text",
    [
        "# Ann Example\n\ntea\n\n- other\n",
        "---\nname: ann-example\n---\n- tea\n",
        "## About Ann Example\n\ntea\n",
        "---\ntype: user\n---\n# Tea\n\n- Ann Example\n",
    ],
)
def test_a_topic_file_that_is_about_it_goes_whole(text: str) -> None:
    assert left(text, is_index=False) is None


def test_a_topic_file_whose_name_speaks_of_it_goes_whole() -> None:
    assert without(parse("people/ann_example.md", b"- tea\n"), ANN, is_index=False) is None


def test_an_index_file_never_goes() -> None:
    assert left("- Ann Example\n") == ""


def test_what_only_holds_the_words_goes_where_that_is_asked_for() -> None:
    text = "- a\n- the example of Ann\n- b\n"
    assert left(text) == text
    assert left(text, similar=True) == "- a\n- b\n"
    (mention,) = mentions(parse("MEMORY.md", text.encode()), ANN, is_index=True)
    assert (mention.line, mention.what, mention.exact) == (2, "entry", False)


def test_what_is_found_is_told_apart() -> None:
    text = "# M\n\n- Ann Example\n- example: ann\n"
    found = mentions(parse("MEMORY.md", text.encode()), ANN, is_index=True)
    assert [(each.line, each.exact) for each in found] == [(3, True), (4, False)]


def test_many_lines_go_with_every_part_that_they_touch() -> None:
    needle = Needle("first of it\n- second of it")
    assert left("- a\n- first of it\n- second of it\n- b\n", needle=needle) == "- a\n- b\n"


@given(
    st.lists(
        st.sampled_from(
            [
                "- a",
                "  - b",
                "Ann Example",
                "# t",
                "",
                "| x | y |",
                "|---|---|",
                "```",
                "> q",
                "Ann",
                "Example",
                "- **Ann** Example",
                "<div>",
                "1. x",
                "    code Ann Example",
                "---",
                "[Ann](b.md) Example",
            ]
        ),
        max_size=14,
    )
)
def test_nothing_is_left_and_nothing_new_comes(lines: list[str]) -> None:
    text = "\n".join(lines)
    after = left(text)
    assert after is not None
    assert not ANN.is_in_text(after)
    assert set(after.split("\n")) <= {*lines, ""}
    assert left(after) == after


def test_it_is_told_how_much_goes() -> None:
    text = "# M\n\n| Ann Example |\n|---|\n| b |\n\n```sh ann-example\na\n```\n\n## Ann Example\n\n- tea\n"
    found = mentions(parse("MEMORY.md", text.encode()), ANN, is_index=True)
    assert [(each.what, each.lines) for each in found] == [("table", 3), ("block", 3), ("section", 3)]


def test_the_time_grows_with_the_text() -> None:
    """Four times the text are not sixteen times the steps."""

    def steps(text: str) -> int:
        count = 0

        def step(*_: object) -> None:
            nonlocal count
            count += 1

        sys.setprofile(step)
        try:
            left(text)
            left(text, similar=True)
        finally:
            sys.setprofile(None)
        return count

    for part in ("- Ann Example\n", "- [T](t.md) — Ann Example\n- keep\n", "- Example: Ann\n- b\n", "\\ %25"):
        assert steps(part * 400) < 6 * steps(part * 100)
    assert steps("Ann Example" + ">" * 4000) < 6 * steps("Ann Example" + ">" * 1000)


def test_with_the_last_below_a_heading_goes_the_heading() -> None:
    assert left("# M\n\n## People\n\n- Ann Example\n\n## Tea\n\n- b\n") == "# M\n\n## Tea\n\n- b\n"
