"""Long runs of the server: `pytest -m slow tests/mcp`.

The client of the official SDK is used if `TEST_MCP_SDK` names a directory that has it, as
`pip install --target` makes one.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from mcp_client import Server
from support import REPOSITORY

from memoryd.adapters.history import History
from memoryd.config.locations import locate
from memoryd.services.edits import recover

pytestmark = pytest.mark.slow

SDK = os.environ.get("TEST_MCP_SDK")
STORE = ".claude/agent-memory/reviewer"
MOST = 80  # MB
CALLS = 10_000
CLIENT = """
import asyncio, json, sys
from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

async def main():
    command = ["-m", "memoryd", "mcp"]
    server = StdioServerParameters(command=sys.argv[1], args=command, env=json.loads(sys.argv[2]))
    async with stdio_client(server) as streams, ClientSession(*streams) as session:
        await session.initialize()
        names = [tool.name for tool in (await session.list_tools()).tools]
        hit = await session.call_tool("memory_search", {"query": "staging"})
        wrong = await session.call_tool("memory_read", {"path": "/etc/passwd"})
        found = (await session.list_resources()).resources
        text = (await session.read_resource(found[0].uri)).contents[0].text
        print(json.dumps([names, hit.content[0].text, str(wrong.content[0].text), len(found), text]))

asyncio.run(main())
"""


def resident(server: Server) -> float:
    """Return the megabytes of memory of a process."""
    pages = int(Path(f"/proc/{server.process.pid}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGESIZE") / 1e6


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_memory_stays_flat_over_many_calls(project: Path) -> None:
    server = Server(project)
    calls: tuple[tuple[str, dict[str, object]], ...] = (
        ("memory_search", {"query": "releases"}),
        ("memory_read", {"path": f"{STORE}/deploy.md"}),
        ("memory_check", {"path": f"{STORE}/MEMORY.md", "text": "- The API times out after 9 s on staging."}),
        ("memory_status", {}),
        ("memory_read", {"path": "/etc/passwd"}),
    )
    sizes = []
    for number in range(CALLS):
        tool, given = calls[number % len(calls)]
        assert "result" in server.ask("tools/call", name=tool, arguments=given)
        if number in {CALLS // 10, CALLS - 1}:
            sizes.append(resident(server))
    assert server.end() == 0
    assert sizes[1] < min(MOST, sizes[0] + 2), sizes


@pytest.mark.parametrize("delay", [0.0, 0.005, 0.01, 0.02, 0.03, 0.05, 0.08])
def test_a_killed_addition_leaves_the_old_or_the_new_file(project: Path, delay: float) -> None:
    index = project / STORE / "MEMORY.md"
    before = index.read_bytes()
    server = Server(project, "--write")
    server.ask("tools/call", name="memory_search", arguments={"query": "staging"})
    server.send("tools/call", name="memory_add", arguments={"agent": "reviewer", "text": "one more fact"})
    time.sleep(delay)
    server.process.kill()
    server.end()
    with History(locate(os.environ).history) as history:
        recover([str(index.parent)], history)
        assert history.unfinished() == ()
        assert history.verify() == ()
    assert index.read_bytes() in {before, before + b"- one more fact\n"}
    assert [path.name for path in index.parent.iterdir() if path.suffix != ".md"] == []


@pytest.mark.skipif(SDK is None, reason="the MCP SDK is not installed: see TEST_MCP_SDK in this file")
def test_the_client_of_the_official_sdk_is_served(project: Path) -> None:
    own = {"HOME": os.environ["HOME"], "PYTHONPATH": str(REPOSITORY), "PATH": os.environ["PATH"]}
    done = subprocess.run(
        [sys.executable, "-c", CLIENT, sys.executable, json.dumps(own)],
        cwd=project,
        env=own | {"PYTHONPATH": str(SDK)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    names, hit, wrong, count, text = json.loads(done.stdout)
    assert names == ["memory_search", "memory_read", "memory_status", "memory_check"]
    assert hit.startswith("1 hit\n")
    assert "not that of a memory file" in wrong
    assert count == 2
    assert "<memory-data>" in text
