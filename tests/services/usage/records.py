"""Session records as Claude Code writes them."""

import json
from collections.abc import Iterable
from pathlib import Path


def record(
    path: Path, *calls: tuple[str, Path], agent: str = "", cwd: str = "/p", day: str = "2026-03-01"
) -> Path:
    """Append calls of tools, each with its result, to a record."""
    path.parent.mkdir(parents=True, exist_ok=True)
    session = path.parent.parent.name if path.parent.name == "subagents" else path.stem
    common = {"sessionId": session, "timestamp": f"{day}T10:00:00.000Z", "cwd": cwd}
    common |= {"attributionAgent": agent} if agent else {}
    before = path.read_bytes().count(b"\n") if path.exists() else 0
    with path.open("a") as file:
        for number, (tool, target) in enumerate(calls, before):
            for block in _blocks(f"toolu_{number}", tool, target):
                file.write(json.dumps(common | {"message": {"content": [block]}}) + "\n")
    return path


def _blocks(identity: str, tool: str, target: Path) -> Iterable[dict[str, object]]:
    text = "the text of memory, which is not kept"
    yield {
        "type": "tool_use",
        "id": identity,
        "name": tool,
        "input": {"file_path": str(target), "content": text},
    }
    yield {"type": "tool_result", "tool_use_id": identity, "content": text}
