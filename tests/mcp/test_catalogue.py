import json

import pytest

from memoryd.errors import MemorydError
from memoryd.mcp.catalogue import INSTRUCTIONS, checked, tools
from memoryd.mcp.tools import TOOLS

CHARACTERS = 1850  # 600 tokens of 3.1 characters


@pytest.mark.parametrize("write", [False, True])
def test_what_every_session_has_to_read_is_small(*, write: bool) -> None:
    listed = {"tools": tools(write=write)}
    assert len(tools(write=write)) <= 5
    assert len(json.dumps(listed, separators=(",", ":"))) <= CHARACTERS
    assert len(INSTRUCTIONS) <= 400


def test_only_the_tools_that_write_are_not_marked_as_reading() -> None:
    names = {
        str(each["name"]): "annotations" in each for write in (False, True) for each in tools(write=write)
    }
    assert names == {name: name not in {"memory_add", "memory_forget"} for name in TOOLS}
    assert [each["name"] for each in tools(write=False) if "_meta" in each] == ["memory_search"]


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ([], "not an object"),
        ({}, "query is missing"),
        ({"query": 1}, "query must be a text"),
        ({"query": "a", "limit": "1"}, "limit must be a whole number"),
        ({"query": "a", "limit": True}, "limit must be a whole number"),
        ({"query": "a", "path": "b"}, "no such argument"),
        ({"query": "a" * 20_001}, "more than 20,000"),
        ({"query": "\ud800"}, "not valid Unicode"),
    ],
)
def test_wrong_arguments_are_told(given: object, told: str) -> None:
    (search, *_) = tools(write=False)
    with pytest.raises(MemorydError, match=told):
        checked(search, given)
