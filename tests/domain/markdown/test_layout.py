import pytest

from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind


def read(text: str) -> Document:
    return parse("MEMORY.md", text.encode())


EVERYTHING = """\
# One *two* `three` [four](five.md)

Setext
======

- a
  - nested

  more
- b
1) c

text
text

| a | b |
|---|---|
| c | d |

> quote

---

~~~
code
~~~

    indented

<div>
</div>

<!-- memoryd: note -->

a[^1]

[^1]: foot
"""


@pytest.mark.parametrize("eol", ["\n", "\r\n"])
@pytest.mark.parametrize("before", ["", "\ufeff", "---\nname: é\n---\n", "\ufeff---\nname: x\n---\n"])
def test_every_kind_of_block(before: str, eol: str) -> None:
    document = read((before + EVERYTHING).replace("\n", eol))
    assert [block.kind for block in document.blocks] == [
        BlockKind.HEADING,
        BlockKind.HEADING,
        BlockKind.LIST,
        BlockKind.LIST,
        BlockKind.PARAGRAPH,
        BlockKind.TABLE,
        BlockKind.QUOTE,
        BlockKind.RULE,
        BlockKind.CODE,
        BlockKind.CODE,
        BlockKind.HTML,
        BlockKind.HTML,
        BlockKind.PARAGRAPH,
        BlockKind.FOOTNOTE,
    ]
    assert [(heading.level, heading.text) for heading in document.headings] == [
        (1, "One two three four"),
        (1, "Setext"),
    ]
    assert document.slice(document.headings[1].span) == f"Setext{eol}======{eol}"
    assert [document.slice(entry.span).replace("\r", "") for entry in document.entries] == [
        "- a\n  - nested\n\n  more\n",
        "- b\n",
        "1) c\n",
        "text\ntext\n",
        "| a | b |\n|---|---|\n| c | d |\n",
        "> quote\n",
        "~~~\ncode\n~~~\n",
        "    indented\n",
        "<div>\n</div>\n",
        "a[^1]\n",
        "[^1]: foot\n",
    ]


def test_headings_in_lists_and_quotes_are_none() -> None:
    assert read("- # a\n\n> # b\n").headings == ()
