"""Sample memory to try memoryd with."""

from importlib.resources import files
from pathlib import Path


def make_sample(claude_directory: Path) -> Path:
    """Write a user store whose index file is over its limit, replacing an earlier one; return its root."""
    store = claude_directory / "agent-memory" / "reviewer"
    store.mkdir(parents=True, exist_ok=True)
    for old in store.glob("*.md"):
        old.unlink()
    sample = files("memoryd.services.stores").joinpath("sample.md")
    (store / "MEMORY.md").write_bytes(sample.read_bytes())
    return store
