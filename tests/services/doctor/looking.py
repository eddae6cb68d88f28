"""What `memoryd doctor --json` prints, for tests."""

import json
from collections.abc import Callable
from pathlib import Path

from support import tree


class Seen:
    """What the doctor said."""

    def __init__(self, code: int, out: str) -> None:
        self.code = code
        self.checks: list[dict[str, str | None]] = json.loads(out)["checks"]

    def of(self, name: str) -> tuple[str, str]:
        """State and message of the one check of that name."""
        (found,) = (each for each in self.checks if each["name"] == name)
        return str(found["state"]), str(found["message"])

    def names(self) -> set[str]:
        return {str(each["name"]) for each in self.checks}


Look = Callable[..., Seen]


def files(home: Path) -> dict[str, bytes]:
    """All of them, but what SQLite shares between those that have a database open."""
    return {name: content for name, content in tree(home).items() if not name.endswith("-shm")}
