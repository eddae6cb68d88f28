"""Hostile texts of any size, by name."""

from collections.abc import Callable


def repeated(unit: str) -> Callable[[int], str]:
    return lambda size: (unit * (size // len(unit) + 1))[:size]


def numbered(line: str, width: int) -> Callable[[int], str]:
    return lambda size: "".join(line.format(n=number, k=number % 97) for number in range(size // width))


def indented(line: str) -> Callable[[int], str]:
    return lambda size: "".join(" " * number + line for number in range(int((2 * size) ** 0.5)))


SHAPES: dict[str, Callable[[int], str]] = {
    name: repeated(unit)
    for name, unit in {
        "brackets": "[",
        "links without an end": "[a](<",
        "destinations": "](",
        "quotes": ">",
        "stars": "*",
        "bars": "|",
        "bars in rows": "|-|\n",
        "ticks": "`",
        "tick lines": "`\n",
        "backslashes": "\\",
        "backslash lines": "\\\\\n",
        "entities": "&a",
        "entity lines": "&\n",
        "tags": "<a ",
        "tag lines": "<\n",
        "elements": "<div>\n\n",
        "emphasis": "*a ",
        "digits": "1",
        "dots": "1.",
        "words": "a ",
        "runs of dots": "a.........................................................",
        "spaces": " ",
        "tabs": "\t",
        "line ends": "\n",
        "carriage returns": "\r",
        "form feeds": "\x0c\n",
        "NUL": "\0",
        "NUL in lines": "- a\0b\n",
        "wide characters": "部署到生产环境之前必须运行测试。",
        "joined emoji": "👩\u200d👩\u200d👧",
        "accents": "a\u0301",
        "empty entries": "- \n",
        "entries of two lists": "* a\n+ b\n",
        "equal entries": "- the very same entry about deploys\n",
        "equal short lines": "ab\n",
        "equal pointers": "- [t](t.md)\n",
        "equal broken links": "- [t](gone.md)\n",
        "equal headings": "## Same\n\ntext\n\n",
        "empty headings": "#\n",
        "underlined headings": "a\n===\n",
        "fences": "```\n",
        "rules": "---\n",
        "check boxes": "- [x] a\n",
        "terms": "a\n: b\n",
        "comments": "<!-- memoryd: ignore[L001] -->\n",
        "comments without an end": "<!-- memoryd: ",
        "pins": "- a <!-- memoryd: pin -->\n",
        "conflicts": "<<<<<<< a\n=======\n>>>>>>> b\n",
        "dates": "2026-01-01 ",
        "days": "yesterday ",
        "quoted days": '"a" yesterday ',
        "open quotes": "“a ",
        "paths": "a/b/",
        "paths in code": "`src/a.py` ",
        "addresses": "http://a.b/c ",
        "blank runs": "a\n\n\n\n",
        "line breaks": "a  \n",
    }.items()
} | {
    "numbered links": numbered("- [t{n}](t{n}.md)\n", 16),
    "links to headings": numbered("- [t](#h{n})\n", 12),
    "links to headings of a topic": numbered("- [t](t.md#h{n})\n", 16),
    "links in paragraphs": numbered("[t{n}](t{n}.md) and text\n\n", 24),
    "wiki links": numbered("[[w{n}]] ", 9),
    "references": numbered("[a{n}]\n\n[a{n}]: t.md\n\n", 24),
    "uses of a reference": lambda size: "[r]: gone.md\n\n" + "- [r]\n" * (size // 6),
    "numbered headings": numbered("## head {n}\n\ntext {k} here\n\n", 28),
    "similar entries": numbered("- service alpha region {n}\n", 26),
    "contradictions": numbered("- always use tabs {n}\n- never use tabs {n}\n", 42),
    "similar paragraphs": numbered("The service alpha runs in region {n} with flag {k}.\n\n", 52),
    "finished tasks": numbered("- [x] done {n} thing\n", 20),
    "dated entries": numbered("- 2026-01-{k} did thing {n}\n", 27),
    "rows of links": lambda size: (
        "|a|b|\n|-|-|\n" + "".join(f"|[t{number}](t{number}.md)|z|\n" for number in range(size // 20))
    ),
    "columns": lambda size: "|" + "a|" * (size // 8) + "\n|" + "-|" * (size // 8) + "\n" + "|x" * (size // 4),
    "deep lists": indented("- x\n"),
    "deep text": indented("a\n"),
    "deep front matter": lambda size: "---\n" + indented("a:\n")(size - 8) + "---\n",
    "front matter without an end": lambda size: "---\n" + "k: v\n" * (size // 5),
    "keys of front matter": lambda size: (
        "---\n" + "".join(f"k{number}: v\n" for number in range(size // 9)) + "---\n"
    ),
}
"""Functions from a number of characters to a text."""
