"""Workflow of GitHub that checks memory."""

import os
import re
from importlib.resources import files
from pathlib import Path

from memoryd.errors import MemorydError
from memoryd.values import regex

_BLOCK = regex(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def workflow_path(repository: Path) -> Path | None:
    """Return where a workflow of GitHub belongs; None outside of git, or where something is there already."""
    path = repository / ".github" / "workflows" / "memory.yml"
    inside = os.path.realpath(path.parent) == os.path.join(os.path.realpath(repository), *path.parts[-3:-1])
    if not inside or os.path.lexists(path) or not os.path.lexists(repository / ".git"):
        return None
    return path


def write_workflow(path: Path) -> None:
    """Write the workflow of the help topic `ci`.

    Raises:
        MemorydError: If it cannot be written.
    """
    topic = files("memoryd").joinpath("docs", "ci.md").read_text(encoding="utf-8")
    (text,) = (each for each in _BLOCK.findall(topic) if "runs-on:" in each)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}", "make its directory writable") from error
