"""Where the layout is read without a parser, the parser says the same."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import REPOSITORY

from memoryd.domain.document import BlockKind
from memoryd.domain.layout import Layout
from memoryd.domain.markdown import parse
from memoryd.domain.outline import Outline, plain_outline
from memoryd.domain.parts import MARKDOWN

CORPUS = REPOSITORY.parent / "shared" / "corpus"
PARTS = [
    *("- ", "* ", "+ ", "1. ", "2. ", "10) ", "# ", "## ", "###", "a", "b", "x y", " ", "  ", "   ", "    "),
    *("\n", "\n", "\n", "\n\n", "---", "***", "* * *", "```", "```\n", "**b**", "`c`", "``", "|", "===", "_"),
    *(
        "> ",
        "目",
        "é",
        "1.",
        "2024",
        "-",
        "~",
        "#t",
        "[x](y)",
        "- [ ] ",
        "&",
        "&amp;",
        "!",
        "|-|\n",
        "a | b\n",
    ),
    *("--- | ---\n", "- - a", "- --- | ---\n", "\t", "<b>", "\\"),
]


def parsed(source: bytes, body: int = 0) -> Outline:
    layout = Layout(source, body)
    layout.read(MARKDOWN.events_with_range(source[body:].decode()))
    wanted: list[tuple[BlockKind, int, int]] = []
    wanted += [(block.kind, *block.span) for block in layout.blocks if block.kind is not BlockKind.LIST]
    wanted += [(entry.kind, *entry.span) for entry in layout.entries]
    return Outline(tuple(layout.headings), sorted(set(wanted), key=lambda mark: mark[1]))


def trimmed(outline: Outline, source: bytes) -> Outline:
    """With marks that end where their text does."""
    marks = [(kind, start, start + len(source[start:end].rstrip())) for kind, start, end in outline.marks]
    return Outline(outline.headings, marks)


def agrees(source: bytes, body: int = 0) -> bool | None:
    """Whether both say the same; None where it is left to the parser."""
    plain = plain_outline(source, body)
    return None if plain is None else trimmed(plain, source) == trimmed(parsed(source, body), source)


@settings(max_examples=500)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map(lambda parts: "".join(parts).encode()))
def test_any_text_is_laid_out_as_the_parser_does_or_left_to_it(source: bytes) -> None:
    assert agrees(source) in {None, True}


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\nText\nmore text\n\n- one\n- two\n  more\n\n  and more\n* other\n\n1. first\n2. second\n",
        "\n\nText `code` **bold**\n## Another_title with `code` & 目\n- item\n\n---\n\ntext\n",
        "text\n\n```sh\n# no\n\n- no\n```\nend",
        "- [x] done\n- [ ] to do\n",
        "",
    ],
)
def test_what_memory_is_mostly_made_of_needs_no_parser(text: str) -> None:
    assert agrees(text.encode()) is True


def test_real_memory_is_laid_out_as_the_parser_does() -> None:
    if not CORPUS.is_dir():
        pytest.skip("the corpus of real memory directories is not here")
    plain = 0
    paths = [path for path in CORPUS.rglob("*.md") if ".git" not in path.parts]
    for path in paths:
        document = parse("x.md", path.read_bytes())
        found = agrees(document.source, document.body)
        assert found in {None, True}, path
        plain += found is True
    assert plain > len(paths) / 2
