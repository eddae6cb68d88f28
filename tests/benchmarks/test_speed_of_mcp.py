"""What a reply of the MCP server costs: run with `pytest -m slow tests/benchmarks -s`.

Processor time of the server, of which the slowest of a hundred calls counts, beside the start of a bare
interpreter. `MCP_FILES` sets how many memory files there are; 50,000 take some minutes.
"""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from benchmarks.grown import measure
from mcp_client import Server
from services.daemons import Service
from support import wait_for, write_tree

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="processor time is read from /proc"),
]

FILES = int(os.environ.get("MCP_FILES", "1000"))
OF_STORE = 500
ROUNDS = 100
MOST = 6.0  # times `python -I -S -c pass`, which takes 8 to 18 ms
STORE = ".claude/agent-memory/agent0"


def grown(root: Path) -> Path:
    """Write a project with many memory files."""
    chance = Random(1)  # noqa: S311  # the same files each time
    words = [f"word{number}" for number in range(3000)]
    for agent in range(max(FILES // OF_STORE, 1)):
        files = {
            f"t{at}.md": f"# t{at}\n\n- {' '.join(chance.choices(words, k=9))}.\n" for at in range(OF_STORE)
        }
        files["MEMORY.md"] = "".join(f"- [t{at}](t{at}.md): {chance.choice(words)}\n" for at in range(150))
        write_tree(root / f".claude/agent-memory/agent{agent}", files)
    return write_tree(root, {".git/HEAD": "ref: refs/heads/main\n"})


def spent(server: Server) -> float:
    """Return the processor time of a process in seconds."""
    tasks = Path(f"/proc/{server.process.pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Path]:
    """A project whose index a daemon keeps up to date."""
    found = grown(tmp_path / "project")
    with (tmp_path / "log").open("wb") as log:
        service = Service(log, MEMORYD_PROJECTS=str(found))
        wait_for(lambda: '"ready"' in service.text(), 900)
        yield found
        service.stop()


def test_replies_are_quick_among_many_files(project: Path, tmp_path: Path) -> None:
    server = Server(project)
    calls: dict[str, dict[str, object]] = {
        "memory_search": {"query": "word%d"},
        "memory_read": {"path": f"{STORE}/t%d.md"},
        "memory_check": {"path": f"{STORE}/MEMORY.md", "text": "- word%d is new"},
    }
    costs: dict[str, list[float]] = {tool: [] for tool in calls}
    for number in range(ROUNDS):
        for tool, given in calls.items():
            before = spent(server)
            filled = {key: str(value).replace("%d", str(number)) for key, value in given.items()}
            assert "isError" not in server.ask("tools/call", name=tool, arguments=filled)["result"]
            costs[tool].append(spent(server) - before)
    assert server.end() == 0
    (bare,) = measure([[sys.executable, "-I", "-S", "-c", "pass"]], tmp_path, 10)
    warm = {tool: sorted(found[3:]) for tool, found in costs.items()}
    for tool, found in warm.items():
        half, most = found[len(found) // 2], found[int(len(found) * 0.99)]
        sys.stdout.write(f"\n  {tool:<14} {FILES:,} files: half {half * 1000:.1f}, p99 {most * 1000:.1f} ms")
        assert most / bare.cpu <= MOST
