"""Where the layout is read without a parser, the parser says the same."""

from functools import partial
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import REPOSITORY, count_calls

from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.layout import Layout
from memoryd.domain.markdown.model import BlockKind
from memoryd.domain.markdown.parts import events
from memoryd.domain.search.outline import KINDS, NOTHING, Outline, outline_of, pieced_outline

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
    *("--- | ---\n", "- - a", "- --- | ---\n", "\t", "<b>", "\\", "<div>", "</div>\n", "<!--", "-->"),
    *("| a | b |\n", "|---|:-:|\n", "> a\n", "\n\n", "\n\n", "# *a*", "[[n]]", "<details>\n", "<pre>"),
]


def told(found: Outline, document: Document) -> list[tuple[int, int, int]]:
    """Start, end and kind of what an outline tells, without blank lines."""
    starts = accumulate(map(len, found.parts), initial=document.body)
    places = zip(starts, found.parts, found.kinds, strict=False)  # one start too many
    return [(at, at + len(part.rstrip()), kind) for at, part, kind in places if kind != NOTHING]


def parsed(document: Document) -> tuple[list[tuple[int, int, int]], list[tuple[str, int]]]:
    layout = Layout(document.source)
    layout.read(events(document.source, document.body))
    wanted = [(entry.kind, *entry.span) for entry in layout.entries]
    wanted += [(BlockKind.HEADING, *heading.span) for heading in layout.headings]
    marks = [
        (start, start + len(document.source[start:end].rstrip()), KINDS.index(kind))
        for kind, start, end in wanted
    ]
    return sorted(marks), [(heading.text, heading.span.start) for heading in layout.headings]


def agrees(source: bytes) -> bool | None:
    """Whether both say the same; None where it is left to the parser."""
    document = parse("x.md", source)
    plain = pieced_outline(document)
    return None if plain is None else (told(plain, document), plain.headings) == parsed(document)


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map(lambda parts: "".join(parts).encode()))
def test_any_text_is_laid_out_as_the_parser_does_or_left_to_it(source: bytes) -> None:
    assert agrees(source) in {None, True}


def test_an_odd_part_does_not_send_the_whole_file_to_the_parser() -> None:
    plain = "# Title\n\ntext\n\n- one\n- two\n\n" * 50
    odd = f"{plain}text\n===\n\n| a | b\n--|--\n\n{plain}"
    tab = "\n\tcode\n"  # may reach across blank lines
    documents = [parse("x.md", text.encode()) for text in (odd, odd, odd + tab)]
    _, some, whole = (count_calls(partial(outline_of, each)) for each in documents)  # the first compiles
    assert some < whole / 3


@settings(max_examples=200)
@given(st.lists(st.sampled_from(PARTS), max_size=14).map(lambda parts: "".join(parts).encode()))
def test_the_parts_of_any_text_are_all_of_it(source: bytes) -> None:
    document = parse("x.md", source)
    found = outline_of(document)
    whole = b"".join(found.parts)
    assert whole == source[document.body :][: len(whole)]
    assert not source[document.body + len(whole) :].strip()
    assert (told(found, document), found.headings) == parsed(document)


@pytest.mark.parametrize(
    "text",
    [
        "# Title\n\nText\nmore text\n\n- one\n- two\n  more\n\n  and more\n* other\n\n1. first\n2. second\n",
        "\n\nText `code` **bold**\n## Another_title with `code` & 目\n- item\n\n---\n\ntext\n",
        "text\n\n```sh\n# no\n\n- no\n```\nend",
        "text\n```\n\tcode\n\n",
        "1. one\n2. two\n\n10. ten\n11. eleven\n\n12 apples\n3 pears\n\n1\n",
        "- [x] done\n- [ ] to do\n",
        "# Of *some*\ntext\n\n| a | b |\n|---|--:|\n| c | d |\n\n> said\n> - twice\n\n- one\n",
        "<details>\n<summary>More</summary>\n\n# Text\n\n</details>\n\n| a |\n|---|---|\n\n| `|` |\n|---|\n",
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
        found = agrees(path.read_bytes())
        assert found in {None, True}, path
        plain += found is True
    assert plain > len(paths) / 2
