import pytest

from memoryd.domain.links.incoming import left_dangling
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

GONE = frozenset({"/r/.claude/agent-memory/a/old.md"})


def snapshot(agent: str, text: str) -> Snapshot:
    store = Store(f"/r/.claude/agent-memory/{agent}", Scope.PROJECT, agent, "/r", CLAUDE_AGENT)
    return Snapshot(store, {"MEMORY.md": parse("MEMORY.md", text.encode())})


def test_links_of_other_stores_are_named_with_their_line() -> None:
    stores: list[tuple[Snapshot, dict[str, Document]]] = [
        (snapshot("a", "- [own](old.md)\n"), {}),
        (snapshot("b", "# B\n\n- [theirs](../a/old.md#part) [fine](../a/new.md)\n"), {}),
    ]
    assert left_dangling(stores, GONE) == (
        ("/r/.claude/agent-memory/b/MEMORY.md", 3, "/r/.claude/agent-memory/a/old.md"),
    )


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("see [old](.claude/agent-memory/a/old.md)\n", [1]),
        ("x\n\n@.claude/agent-memory/a/old.md\n", [3]),
        ("é @./.claude/agent-memory/a/old.md\n", [1]),
        ("`@.claude/agent-memory/a/old.md`\n", []),
        ("mail me@.claude/agent-memory/a/old.md\n", []),
        ("@.claude/agent-memory/a/new.md\n", []),
    ],
)
def test_instructions_lead_by_links_and_imports(text: str, lines: list[int]) -> None:
    instructions = {"/r/CLAUDE.md": parse("/r/CLAUDE.md", text.encode())}
    found = left_dangling([(snapshot("a", ""), instructions)], GONE)
    assert [(place, line) for place, line, _ in found] == [("/r/CLAUDE.md", line) for line in lines]


def test_where_nothing_goes_nothing_dangles() -> None:
    assert left_dangling([(snapshot("b", "- [x](../a/old.md)\n"), {})], frozenset()) == ()
