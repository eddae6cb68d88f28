"""Instructions around a store: CLAUDE.md, AGENTS.md and rules."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

from memoryd import beneath
from memoryd.adapters.stores import files
from memoryd.domain.stores.store import Scope, Store

if TYPE_CHECKING:
    from memoryd.domain.markdown.document import Document

_NAMES = ("CLAUDE.md", "CLAUDE.local.md", "AGENTS.md", ".claude/CLAUDE.md")
_AT_HOME = ("CLAUDE.md", "AGENTS.md")
_RULES = 100  # most rule files read from one directory


def instructions_for(store: Store, repository: str) -> "dict[str, Document]":
    """Return the instructions that an agent of a store also reads, by absolute path.

    Args:
        store: The store.
        repository: The git working tree around it; instructions above it do not count.
    """
    from memoryd.domain.markdown.document import parse  # noqa: PLC0415  # kept verdicts spare it

    return {path: parse(path, raw) for path, raw in raw_instructions_for(store, repository).items()}


def raw_instructions_for(store: Store, repository: str) -> dict[str, bytes]:
    """Return the same unparsed."""
    if not store.base or not store.profile.leads:
        return {}
    territory = beneath.Territory(store.base, store.bound)
    places = dict.fromkeys(_places(store, repository, territory))
    return files.contents(filter(territory.covers, places), store.bound)


def _places(store: Store, repository: str, territory: beneath.Territory) -> Iterator[str]:
    if store.scope is Scope.USER:
        yield from (f"{store.base}/{name}" for name in _AT_HOME)
        yield from _rules(f"{store.base}/rules", territory)
        return
    directory = store.base
    while True:
        yield from (f"{directory}/{name}" for name in _NAMES)
        yield from _rules(f"{directory}/.claude/rules", territory)
        above = os.path.dirname(directory)
        inside = repository and (above == repository or above.startswith(f"{repository}/"))
        if not inside or above == directory:
            return
        directory = above


def _rules(directory: str, territory: beneath.Territory) -> Iterator[str]:
    """Yield Markdown files below a directory of rules, without links to other directories."""
    if not territory.covers(f"{directory}/"):
        return
    count = 0
    for _, entries in beneath.walk(directory):
        for entry in entries:
            if entry.name.endswith(".md") and count < _RULES:
                count += 1
                yield entry.path
