"""Twice the text is at most about twice the work, whatever the text; counted in calls, not in seconds."""

from collections.abc import Callable

import pytest
from support import count_calls

from memoryd.domain.checks.rule import context_of
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import agent_store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.rules import ALL_RULES

ROOT = "/p/.claude/agent-memory/reviewer"
TOPICS = dict.fromkeys((f"topic-{number}.md" for number in range(60)), b"# Topic\n\ntext\n")
RULES = [rule for rule in ALL_RULES if rule.code.startswith("L") and rule.load().check]

PIECES: dict[str, Callable[[int], str]] = {
    "brackets": lambda _: "[[",
    "empty links": lambda _: "[](",
    "near names": lambda number: f"- [x](topic-{number % 70}x.md)\n",
    "near names in one line": lambda number: f"[x](topic-{number % 70}x.md) ",
    "other case": lambda number: f"- [x](TOPIC-{number % 60}.md)\n",
    "one target": lambda _: "- [x](topic-1.md) — hook\n",
    "one target, different hooks": lambda number: f"- [x](topic-1.md) — hook {number}\n",
    "headings of one name": lambda _: "# a\n[x](#a-b)\n",
    "headings with numbers": lambda number: f"# a-{number % 50}\n[x](#a-{number % 70}b)\n",
    "wiki links": lambda number: f"[[topic {number}]] ",
    "wiki links that are answered": lambda number: f"- [[topic-{number % 60}]]\n",
    "html": lambda number: f"<a id=x{number} href=topic-{number}x.md>",
    "references": lambda number: f"[a{number}]\n\n[a{number}]: topic-{number}x.md\n\n",
    "machine paths": lambda _: "[x](/home/ann) ",
    "nested items": lambda number: " " * (number % 40) + "- [x](topic-1.md)\n\n",
    "plain names": lambda number: f"- gone-{number}.md — hook\n",
    "names in cells": lambda number: f"| gone-{number}.md | `gone.md` |\n|---|---|\n",
    "links with spaces": lambda number: f"[x](gone {number}.md) ",
    "open links with spaces": lambda _: "[x](a b ",
    "repeated titles": lambda number: f"- [x](topic-{number % 60}.md) — hook {number}\n",
    "parts of wiki links": lambda number: f"[[topic-{number % 60}#part {number}]] ",
    "attributes": lambda number: f"## a {{#b{number}}}\n[x](#b{number})\n",
    "quotes": lambda _: "> ",
}


def calls(piece: Callable[[int], str], count: int) -> int:
    """Calls of functions, built-in ones too, that all rules about links take."""
    text = "".join(map(piece, range(count)))
    files = {"MEMORY.md": text.encode()} | TOPICS
    documents = {path: parse(path, content) for path, content in files.items()}
    listings = {ROOT: frozenset(documents), "/home": frozenset({"ann"})}
    snapshot = Snapshot(agent_store(ROOT, user=False), documents)
    context = context_of(snapshot, Surroundings(listings=listings))
    return count_calls(lambda: [list(rule.run(context)) for rule in RULES])


@pytest.mark.parametrize("piece", PIECES.values(), ids=PIECES)
def test_twice_the_text_is_twice_the_work(piece: Callable[[int], str]) -> None:
    some, twice = calls(piece, 300), calls(piece, 600)
    assert twice < some * 2.2 + 1000
