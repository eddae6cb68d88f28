"""Reading a text by pieces gives what reading all of it gives."""

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.parts import Parts

DATA = Path(__file__).parents[2] / "data"

LINKS = [
    "[a](b.md)",
    "[[n]]",
    "[a b](c.md#d)",
    "[[n o]]",
    "`c`",
    "![i](j.png)",
    "<https://e.com>",
    "<a href='b.md' id=c>",
    "[r]",
    "[r]: s.md",
    "[^f]",
]
HEADS = ["# a", "## b: (c) d.", "### *e* f", "a\n===", "b\n---", "# `c` #", "#", "> # q", "- # i", "#  two  "]
FENCES = [
    "```",
    "````",
    "``` sh",
    "```\n",
    "\n```\n",
    "~~~",
    " ```",
    "    ```",
    "``` a`b",
    "```x\n\n# no\n```",
]
STARTS = [
    "- ",
    "1. ",
    "> ",
    "    ",
    " ",
    "\t",
    "| a | b |\n|---|---|\n",
    "<div>",
    "</div>",
    "<pre>",
    "</pre>",
    "<b>",
    "<!-- ",
    " -->",
]
OTHERS = [
    "a",
    "é",
    "目",
    "`",
    "``",
    "[",
    "](",
    "]",
    "\\",
    "*",
    "***",
    "[^f]: ",
    "&amp;",
    "\r\n",
    "\f",
    "<?",
    "|",
    "-",
]
BREAKS = ["\n", "\n", "\n\n", "\n\n", "\n\n\n", "\n \n", " "]
TEXTS = st.lists(
    st.one_of(*map(st.sampled_from, (LINKS, HEADS, FENCES, STARTS, OTHERS, BREAKS, BREAKS))), max_size=30
).map("".join)


class Whole(Parts):
    """Reads all of a text, whatever is asked for."""

    def _pieces(self, _holding: object) -> Iterator[Span]:
        yield Span(self.body, len(self._source))

    @cached_property
    def _parted(self) -> None:
        return None


def read(parts: Parts) -> tuple[object, ...]:
    return parts.links, parts.wiki_links, parts.titles, parts.ids


def demand_same(text: str) -> None:
    source = text.encode()
    assert read(Parts(source)) == read(Whole(source))


@settings(max_examples=800, derandomize=True)
@given(TEXTS)
@example("- a\n\n```\n[b](c.md)\n```\n[d](e.md)")
@example("a\n\n<div>\n\n```\n</div>\n\n[b](c.md)")
@example("````\n```\n\n[b](c.md)\n````\n\n[d](e.md)")
@example("<div>\n```\n</div>\n\n[b](c.md)\n```\n")
@example("<div>\n# no\n\n# yes")
@example("# a\n# b\n\nc\n# d\n\n- # e\n\n    # f\n")
def test_random_texts(text: str) -> None:
    demand_same(text)


def test_the_examples_of_the_specification() -> None:
    for _, text, _ in json.loads((DATA / "commonmark-links.json").read_text())["examples"]:
        demand_same(text)
