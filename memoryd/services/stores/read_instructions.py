"""What an agent is told beside its memory: CLAUDE.md, AGENTS.md and rules around a store."""

import os
from collections.abc import Iterator

from memoryd import beneath
from memoryd.adapters.stores import files
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.store import Scope, Store

_NAMES = ("CLAUDE.md", "CLAUDE.local.md", "AGENTS.md", ".claude/CLAUDE.md")
_AT_HOME = ("CLAUDE.md", "AGENTS.md")
_RULES = 100  # files of rules that are read of one directory


def instructions_for(store: Store, repository: str) -> dict[str, Document]:
    """The instructions that an agent of a store reads as well, by absolute path.

    Args:
        store: The store.
        repository: The working tree of version control around it; instructions count up to there.
    """
    if not store.base or not store.profile.leads:
        return {}
    places = (path for path in dict.fromkeys(_places(store, repository)) if os.path.isfile(path))
    return files.parsed(places, store.bound)


def _places(store: Store, repository: str) -> Iterator[str]:
    if store.scope is Scope.USER:
        yield from (f"{store.base}/{name}" for name in _AT_HOME)
        yield from _rules(f"{store.base}/rules")
        return
    directory = store.base
    while True:
        yield from (f"{directory}/{name}" for name in _NAMES)
        yield from _rules(f"{directory}/.claude/rules")
        above = os.path.dirname(directory)
        inside = repository and (above == repository or above.startswith(f"{repository}/"))
        if not inside or above == directory:
            return
        directory = above


def _rules(directory: str) -> Iterator[str]:
    """Markdown files below a directory of rules, links to elsewhere left alone."""
    count = 0
    for _, entries in beneath.walk(directory):
        for entry in entries:
            if entry.name.endswith(".md") and count < _RULES:
                count += 1
                yield entry.path
