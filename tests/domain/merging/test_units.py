"""Units, and their agreement with the parser."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import REPOSITORY

from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import BlockKind
from memoryd.domain.merging.units import split

CORPUS = REPOSITORY.parent / "shared" / "corpus"
_PIECES = [
    *("# H", "## H", "text", "more text", "- item", "* item", "  - inner", "    deep", "1. one", "> quote"),
    *(
        "| a | b |",
        "|---|---|",
        "```",
        "~~~",
        "---",
        "===",
        "",
        "  ",
        "<details>",
        "</details>",
        "<!-- c -->",
    ),
    *("\tcode", "- ```", "  ```", "[x]: y", "***"),
]


@given(st.lists(st.sampled_from(_PIECES), max_size=14))
def test_units_are_all_of_a_text(pieces: list[str]) -> None:
    text = "".join(f"{piece}\n" for piece in pieces).encode()
    units, tail = split(text)
    assert b"".join(unit.gap + unit.text for unit in units) + tail == text
    for number, unit in enumerate(units):
        assert unit.text.strip()
        assert unit.gap.strip() == b""
        assert unit.parent < number
        assert unit.section < number


def kinds(text: str) -> list[tuple[BlockKind, str]]:
    return [(unit.kind, unit.text.decode()) for unit in split(text.encode())[0]]


def test_blocks() -> None:
    text = "# T\n\nwords\nand more\n\n- a\n  - b\n- c\n\n> q\n\n| x |\n|---|\n\n```\n# no\n\n- no\n```\n---\n"
    assert kinds(text) == [
        (BlockKind.HEADING, "# T\n"),
        (BlockKind.PARAGRAPH, "words\nand more\n"),
        (BlockKind.LIST, "- a\n"),
        (BlockKind.LIST, "  - b\n"),
        (BlockKind.LIST, "- c\n"),
        (BlockKind.QUOTE, "> q\n"),
        (BlockKind.TABLE, "| x |\n|---|\n"),
        (BlockKind.CODE, "```\n# no\n\n- no\n```\n"),
        (BlockKind.RULE, "---\n"),
    ]


def test_what_an_item_contains_but_items() -> None:
    text = "- a\n  goes on\nlazily\n\n  ```\n  - no item\n  ```\n  - inner\n\n  after it\n"
    assert kinds(text) == [
        (BlockKind.LIST, "- a\n  goes on\nlazily\n\n  ```\n  - no item\n  ```\n"),
        (BlockKind.LIST, "  - inner\n"),
        (BlockKind.PARAGRAPH, "  after it\n"),
    ]


def test_what_is_around() -> None:
    units, _ = split(b"# A\n\n- a\n  - b\n\n## B\n\n- c\n\nC\n===\n\nend\n")
    assert [(unit.level, unit.parent, unit.section) for unit in units] == [
        (1, -1, -1), (0, -1, 0), (0, 1, 0), (2, -1, 0), (0, -1, 3), (1, -1, -1), (0, -1, 5),
    ]  # fmt: skip


def test_details_end_where_the_outer_ones_end() -> None:
    inner = "<details>\n\n- a\n\n<details>\n\nb\n</details>\n\n- c\n</details>\n"
    assert kinds(f"{inner}\nafter\n") == [(BlockKind.HTML, inner), (BlockKind.PARAGRAPH, "after\n")]


@pytest.mark.skipif(not CORPUS.is_dir(), reason="there is no corpus beside this repository")
def test_real_files_are_split_as_the_parser_splits_them() -> None:
    differing = []
    for path in sorted(Path(each) / name for each, _, names in os.walk(CORPUS) for name in names):
        if path.suffix != ".md":
            continue
        text = path.read_bytes().replace(b"\r\n", b"\n")
        document = parse(path.name, text + b"\n")
        if document.undecodable is not None:
            continue
        at, starts = document.body, set()
        for unit in split(document.source[document.body :])[0]:
            starts.add(at + len(unit.gap))
            at += len(unit.gap) + len(unit.text)
        wanted = {block.span.start for block in document.blocks if block.kind != "html"}
        wanted |= {entry.span.start for entry in document.entries if entry.kind != "html"}
        whole = [block.span for block in document.blocks if block.kind in {"code", "table", "quote"}]
        torn = [span for span in whole for start in starts if span.start < start < span.end]
        if not wanted <= starts or torn:
            differing.append(path.name)
    assert differing == ["security-auditor.md"]  # code with another code block's end in it
