"""A client of the MCP server: in this process, or of a real one; not in `tests/mcp`, the name of the SDK."""

import json
import os
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

from support import REPOSITORY, python

from memoryd.mcp.project import Project
from memoryd.mcp.protocol import respond
from memoryd.mcp.session import McpSession
from memoryd.runtime import build


class Client:
    """A session in this process."""

    def __init__(self, directory: Path, *, write: bool) -> None:
        self.session = McpSession(lambda: Project(replace(build(), directory=directory)), write=write)

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        answer = respond(self.session, json.dumps(message).encode())
        assert answer is not None
        assert answer.count(b"\n") == 1
        found: dict[str, Any] = json.loads(answer)
        assert (found["jsonrpc"], found["id"]) == ("2.0", 1)
        return found

    def call(self, tool: str, **given: object) -> str:
        """Return the text of a result that is no error."""
        result = self.ask("tools/call", name=tool, arguments=given)["result"]
        assert "isError" not in result, result
        return str(result["content"][0]["text"])

    def refused(self, tool: str, **given: object) -> str:
        """Return the sentence of a result that is an error."""
        result = self.ask("tools/call", name=tool, arguments=given)["result"]
        assert result["isError"] is True
        return str(result["content"][0]["text"])

    def ref(self, query: str, at: int = 0) -> str:
        """Return the reference of a hit."""
        return self.call("memory_search", query=query).split("\n")[1 + at].split()[0]


class Server:
    """A real process."""

    def __init__(self, directory: Path, *options: str) -> None:
        self.process = subprocess.Popen(
            python("-m", "memoryd", "mcp", *options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            cwd=directory,
            env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        )
        self._number = 0

    def ask(self, method: str, **params: object) -> dict[str, Any]:
        self.send(method, **params)
        found: dict[str, Any] = json.loads(_pipe(self.process.stdout).readline())
        return found

    def send(self, method: str, **params: object) -> None:
        self._number += 1
        message = {"jsonrpc": "2.0", "id": self._number, "method": method, "params": params}
        _pipe(self.process.stdin).write(json.dumps(message).encode() + b"\n")
        _pipe(self.process.stdin).flush()

    def end(self) -> int:
        _pipe(self.process.stdin).close()
        code = self.process.wait(timeout=60)
        _pipe(self.process.stdout).close()
        return code


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe
    return pipe
