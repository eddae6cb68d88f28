import pytest

from memoryd.domain.compaction.parts.atoms import sections_of
from memoryd.domain.compaction.parts.identifiers import identifiers
from memoryd.domain.compaction.parts.splits import Lines
from memoryd.domain.markdown.document import parse

DETAILS = "<details>\n<summary>More</summary>\n\n## Not a section\n\n- a\n- b\n\n</details>\n"


def atoms(text: str) -> list[str]:
    index = parse("MEMORY.md", text.encode())
    lines = Lines(index.source)
    return [lines.text(atom.first, atom.end) for atom in sections_of(index).atoms()]


@pytest.mark.parametrize(
    "text",
    [
        "- item\n  - child\n\n    more of it\n",
        "```sh\n## no heading\n\n- no item\n```\n",
        DETAILS,
        "<div>\n\ntext\n\n<div>\n\ninner\n\n</div>\n</div>\n",
        "| a | b |\n|---|---|\n| 1 | 2 |\n",
        "> one\n> two\n",
        "two lines\nof prose\n",
    ],
)
def test_what_belongs_together_is_one_atom(text: str) -> None:
    assert atoms(f"before\n\n{text}\nafter\n") == ["before\n", text, "after\n"]


def test_long_blocks_are_split_between_their_lines() -> None:
    rows = "".join(f"| {number} | x |\n" for number in range(9))
    assert atoms(f"| a | b |\n|---|---|\n{rows}") == [f"| {number} | x |\n" for number in range(9)]
    quote = [f"> Line {number}.\n" for number in range(9)]
    assert atoms("".join(quote)) == quote
    log = [f"2026-03-0{number} changed x\n" for number in range(1, 9)]
    assert atoms("".join(log)) == log
    children = [f"  - fact {number}\n" for number in range(20)]
    assert atoms("- all\n" + "".join(children)) == children


def test_lines_that_an_editor_wrapped_stay_together() -> None:
    prose = [
        "This sentence was wrapped by an editor because it is longer than one line may be\n",
        "and goes on here until it ends.\n",
        "The second sentence is wrapped as well, since it says just as much as the first one\n",
        "does, or even more.\n",
        "A [link\n",
        "over two lines](x.md).\n",
    ]
    assert atoms("".join(prose)) == ["".join(prose[at : at + 2]) for at in (0, 2, 4)]


def test_an_element_that_is_never_closed_encloses_nothing() -> None:
    assert atoms("<details>\n\n- a\n- b\n") == ["<details>\n", "- a\n", "- b\n"]


def test_identifiers_keep_their_brackets() -> None:
    assert identifiers("use `h-[72px]` in deploy.sh, NOT in FULL mode, see #123 of 2026") == (
        "h-[72px]",
        "deploy.sh",
        "#123",
    )
