import json
import os
import subprocess
from pathlib import Path

from cli.program import COMMAND, ROOT, called

REQUESTS = b"".join(
    json.dumps({"jsonrpc": "2.0", "id": number, "method": method}).encode() + b"\n"
    for number, method in enumerate(("server/discover", "initialize", "tools/list"))
)


def served(requests: bytes, cwd: Path, *options: str, **own: str) -> subprocess.CompletedProcess[bytes]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)} | own
    command = (*COMMAND, "mcp", *options)
    return subprocess.run(command, input=requests, cwd=cwd, env=environment, capture_output=True, check=True)


def test_requests_are_answered_line_by_line_until_there_are_no_more(tmp_path: Path) -> None:
    done = served(REQUESTS, tmp_path, "--write")
    refused, greeted, listed = map(json.loads, done.stdout.splitlines())
    assert refused["error"]["code"] == -32601
    assert greeted["result"]["serverInfo"]["name"] == "memoryd"
    assert "memory_forget" in {each["name"] for each in listed["result"]["tools"]}
    assert done.stderr == b""


def test_the_working_directory_may_be_named_by_the_client(tmp_path: Path) -> None:
    store = tmp_path / "project/.claude/agent-memory/reviewer"
    store.mkdir(parents=True)
    (store / "MEMORY.md").write_text("- a walrus\n")
    call = {"name": "memory_search", "arguments": {"query": "walrus"}}
    request = json.dumps({"id": 1, "method": "tools/call", "params": call}).encode() + b"\n"
    done = served(request, tmp_path, CLAUDE_PROJECT_DIR=str(tmp_path / "project"))
    assert "1 hit" in json.loads(done.stdout)["result"]["content"][0]["text"]


def test_its_help_says_what_it_changes(tmp_path: Path) -> None:
    assert "--write" in called("mcp", "--help", cwd=tmp_path).out
