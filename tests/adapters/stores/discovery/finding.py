"""Memory written where it is looked for, and what is found."""

import json
from pathlib import Path

from memoryd.adapters.stores.discovery import (
    FoundStores,
    Places,
)
from memoryd.domain.stores.profiles import CLAUDE_AGENT, CLAUDE_AUTO
from memoryd.domain.stores.store import Scope


def make_store(root: Path) -> Path:
    root.mkdir(parents=True)
    (root / "MEMORY.md").write_text("- a fact\n")
    return root


def write(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def records(places: Places, slug: str, *directories: Path | str) -> Path:
    """The records of one session that went through some directories."""
    lines = (json.dumps({"type": "user", "cwd": str(directory)}) + "\n" for directory in directories)
    return write(places.claude_dir / "projects" / slug / "5f1e.jsonl", "".join(lines))


def slug_of(path: Path) -> str:
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in str(path))


def roots_of(found: FoundStores) -> list[Path]:
    return [Path(store.root) for store in found.stores]


def one(found: FoundStores) -> tuple[Path, Scope, str, str]:
    (store,) = found.stores
    assert store.profile is (CLAUDE_AUTO if store.scope is Scope.AUTO else CLAUDE_AGENT)
    return Path(store.root), store.scope, store.agent, store.base
