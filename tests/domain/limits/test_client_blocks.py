"""The client's blocks, beside those of its Markdown library where that is at hand."""

import json
import os
import random
import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memoryd.domain.limits.client_blocks import BlockName, blocks_between

PIECES = ["- a", "* b", "3. x", "1) y", "10. ", "+", "-", "  ", "    ", "\t", " ", "\n", "\n", "\n", "\n\n"]
PIECES += [
    "<!-- c -->",
    "<!--",
    "-->",
    "</details>",
    "<details>",
    "<div",
    "<br/>",
    "<foo>",
    "</foo>",
    "<?x?>",
]
PIECES += ["<!DOCTYPE", "<![CDATA[", "]]>", "<pre>", "</pre>", "<a b=c d='e'>", "<ins>", "> q", ">", "> - x"]
PIECES += ["> > y", "para", "# h", "===", "---", "***", "_ _ _", "```\n", "~~~", "[r]: r.md", '"t"', "'", "["]
PIECES += ["]:", "\\", "&", "é😀", "\u2028", "\u00a0", "text"]
documents = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)

# The library is asked where it is installed: `npm install marked@15`, and MARKED=…/node_modules/marked.
MARKED = os.environ.get("MARKED", "")
LEX = """
const {Lexer} = require(process.env.MARKED);
const texts = JSON.parse(require("fs").readFileSync(0));
const blocks = text => new Lexer({gfm: false}).blockTokens(text, []);
const html = text => blocks(text).filter(t => t.type == "html").map(t => t.raw);
console.log(JSON.stringify(texts.map(html)));
"""


def html_of(text: str) -> list[str]:
    blocks = blocks_between(text, 0, len(text))
    return [text[start:end] for start, end, kind in blocks if kind is BlockName.HTML]


@given(documents)
@example(">- a```\n3. x")
def test_blocks_are_the_whole_text_in_order(text: str) -> None:
    at = 0
    for start, end, _ in blocks_between(text, 0, len(text)):
        assert start == at < end
        at = end
    assert at == len(text)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("- a\n<!-- c -->\n", ["<!-- c -->\n"]),
        ("- a\n  <!-- c -->\n", []),
        ("- a\nlazy\n</p>\n<!-- c -->\n", ["<!-- c -->\n"]),
        ("- é😀~~~\n- b\n<p>\nx\n", ["<p>\nx\n"]),
        ("~~~\n<!-- c -->\n~~~\n", []),
        ("    <!-- c -->\n", []),
        ("para\n<!-- c -->\n", ["<!-- c -->\n"]),
        ("para\n <!-- c -->\n", []),
        ("> para\n <!-- c -->\n", [" <!-- c -->\n"]),
        ("> - a\nlazy\n<!-- c -->\n", ["<!-- c -->\n"]),
        (">     code\n<!-- c -->\n", ["<!-- c -->\n"]),
        ("title\n===\n<!-- c -->\n", ["<!-- c -->\n"]),
        ('[a]: b\n"<!-- c -->"\n', []),
        ("<!--> <!-- c -->\nx", ["<!--> <!-- c -->\n"]),
        ("<?php ?> x\n", ["<?php ?>"]),
        ("<pre>\n\n<!-- c -->\n</pre>\nx", ["<pre>\n\n<!-- c -->\n</pre>\n"]),
    ],
)
def test_html_blocks(text: str, html: list[str]) -> None:
    assert html_of(text) == html


@pytest.mark.skipif(
    not (MARKED and shutil.which("node")), reason="MARKED names no library, or there is no node"
)
@pytest.mark.parametrize("seed", range(10))
def test_html_blocks_are_those_of_the_library(seed: int) -> None:
    generator = random.Random(seed)  # noqa: S311  # no secret
    texts = ["".join(generator.choices(PIECES, k=generator.randrange(2, 40))) for _ in range(500)]
    done = subprocess.run(
        ["node", "-e", LEX], input=json.dumps(texts), capture_output=True, text=True, check=True
    )
    # The library lengthens a block by a blank that follows it, and the client ends a quote earlier.
    theirs = [[block.rstrip("\n") for block in blocks] for blocks in json.loads(done.stdout)]
    wrong = [
        text
        for text, blocks in zip(texts, theirs, strict=True)
        if "> " not in text and [block.rstrip("\n") for block in html_of(text)] != blocks
    ]
    assert wrong == []


SHAPES = [
    "> > a\nb\n> c\n",
    "> [a]: b\n",
    "a\n***\n",
    "[a]: b 'x\n",
    "[\n",
    "<!-- ",
    "- - a\n",
    "<a b=c d=e\n",
]
SHAPES += [
    "> - a\nlazy\n",
    "<?x\n",
    "a\n=",
    "   \n",
    "\\[",
    "1. \n",
    "</p>\n",
    "~~~a\n",
    "- a\n\n",
    ">" * 99 + "\n",
]


def seconds(text: str) -> float:
    begin = time.process_time()
    for _ in blocks_between(text, 0, len(text)):
        pass
    return time.process_time() - begin


def growths(shape: str) -> Iterator[float]:
    """Yield the growth of processor time where a text is four times as long."""
    for _ in range(3):
        short = seconds(shape * (40_000 // len(shape)))
        yield seconds(shape * (160_000 // len(shape))) / max(short, 0.002)


@pytest.mark.parametrize("shape", SHAPES)
def test_time_is_linear(shape: str) -> None:
    assert min(growths(shape)) < 8
