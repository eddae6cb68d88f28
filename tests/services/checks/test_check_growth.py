"""Twice a hostile text is little more than twice the work, counted in calls of functions, not in time."""

from collections.abc import Callable
from pathlib import Path

import pytest
from support import count_calls, store_of, write_tree

from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

SIZE = 12_000  # characters of the smaller text, over the limits of an index file; the other has twice as many
GROWTH = 2.6  # n log n would be 2.2
FLOOR = 20_000  # calls that a check makes whatever the text is

UNITS = {
    "suppressions": "<!-- memoryd: ignore[L001] -->\n",
    "suppressions in entries": "- x <!-- memoryd: ignore[L001] -->\n",
    "suppressions that name nothing": "<!-- memoryd: ignore[Z999, F010] -->\n",
    "suppressions of files": "<!-- memoryd: ignore-file[L001] -->\n",
    "suppressions that never end": "<!-- memoryd: ignore[L001]\n",
    "pins": "- a <!-- memoryd: pin -->\n",
    "pins on lines": "<!-- memoryd: pin -->\n",
    "pins that never end": "<!-- memoryd: pin ",
    "brackets": "[",
    "wiki brackets": "[[",
    "wiki links": "[[a]] ",
    "links": "- [t](gone.md)\n",
    "links without an end": "[a](<",
    "quotes": ">",
    "nested emphasis": "*a **b ",
    "code spans": "`a``b",
    "tags": "<a ",
    "comments without an end": "<!--",
    "entities": "&amp;",
    "backslashes": "\\",
    "empty entries": "- \n",
    "short entries": "- a\n",
    "equal entries": "- the very same entry about deploys\n",
    "equal headings": "## same\n",
    "checkboxes": "- [x] a\n",
    "table rows": "|-|\n",
    "definitions": "[a]: b\n",
    "fences": "```\n",
    "relative dates": "yesterday ",
    "addresses": "http://a.b/c ",
    "merge conflicts": "<<<<<<< a\n=======\n>>>>>>> b\n",
    "spaces": " ",
    "one line": "deploy the service with the flag ",
}
MADE: dict[str, Callable[[int], str]] = {
    "numbered links": lambda size: "".join(f"- [t{n}](t{n}.md)\n" for n in range(size // 16)),
    "numbered anchors": lambda size: "".join(f"- [t](#h{n})\n" for n in range(size // 12)),
    "entries of one kind": lambda size: "".join(
        f"- prefix{n} common word {n % 7}\n" for n in range(size // 26)
    ),
    "nested lists": lambda size: "".join(" " * (n % 90) + "- x\n" for n in range(size // 49)),
    "nested quotes": lambda size: "".join(">" * (n % 50) + " x\n" for n in range(size // 27)),
    "front matter keys": lambda size: "---\n" + "".join(f"k{n}: v\n" for n in range(size // 8)) + "---\n",
}
SHAPES = {name: lambda size, unit=unit: (unit * size)[:size] for name, unit in UNITS.items()} | MADE

QUICK = {name for name in SHAPES if name.startswith(("suppressions", "pins", "numbered"))} | {
    "brackets", "wiki brackets", "nested lists", "comments without an end", "spaces",
}  # fmt: skip


def calls(root: Path, text: str) -> int:
    """Return how many functions a check of a store with a text calls."""
    write_tree(root, {"MEMORY.md": f"- [t](t.md)\n\n{text}", "t.md": text})
    return count_calls(lambda: check([store_of(root)], ALL_RULES))


@pytest.mark.parametrize(
    "name", [name if name in QUICK else pytest.param(name, marks=pytest.mark.slow) for name in SHAPES]
)
def test_work_grows_with_the_text(tmp_path: Path, name: str) -> None:
    make = SHAPES[name]
    container = tmp_path / ".claude" / "agent-memory"
    calls(container / "warm", "- a\n")
    once, twice = (calls(container / f"x{times}", make(times * SIZE)) for times in (1, 2))
    assert twice - FLOOR <= GROWTH * once, (once, twice)
