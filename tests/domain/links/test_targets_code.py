"""Code in prose that has the form of a link."""

import pytest

from memoryd.domain.checks.rule import context_of
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store
from memoryd.rules.links import broken_link


def broken(text: str) -> int:
    snapshot = Snapshot(agent_store("/x", user=False), {"MEMORY.md": parse("MEMORY.md", text.encode())})
    return len(list(broken_link.run(context_of(snapshot))))


@pytest.mark.parametrize(
    "text",
    [
        "The bus calls handlers[name](event) first.\n",
        "Then Optional[str](value) and make()[0](x).\n",
        'The same as a["k"](v), matrix[0](1) and grid[0][1](cell).\n',
        "Der Bus ruft dienste[name](ereignis) auf.\n",
    ],
)
def test_code_is_no_link(text: str) -> None:
    assert broken(text) == 0


@pytest.mark.parametrize(
    "text",
    [
        "See [plan](plan).\n",
        "See([plan](plan)).\n",
        "- [plan](plan)\n",
        "x[plan](plan.md)\n",
        "见[计划](plan)。\n",
    ],
)
def test_links_to_missing_files_are_still_found(text: str) -> None:
    assert broken(text) == 1
