"""Claude Code from outside: the program from npm, and an API on loopback that replays calls of tools."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterable, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

CLIENT = os.environ.get("TEST_CLAUDE") or shutil.which("claude")
"""The program, which is driven and never opened."""

Call = tuple[str, dict[str, object]]
Step = Sequence[Call] | Callable[[], Sequence[Call]]
"""The next calls, or a function that returns them and may do anything before."""


class Api(ThreadingHTTPServer):
    """An API that answers each request of the main conversation with the next calls.

    Attributes:
        requests: The bodies of all requests.
    """

    daemon_threads = True

    def __init__(self, steps: Iterable[Step]) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self._steps = list(steps)
        self._lock = threading.Lock()
        self.requests: list[dict[str, Any]] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def blocks(self, body: dict[str, Any]) -> list[dict[str, Any]]:
        """Return the content of the answer to a request."""
        names = {tool.get("name") for tool in body.get("tools", [])}
        with self._lock:
            self.requests.append(body)
            step = self._steps.pop(0) if "Write" in names and self._steps else ()
            number = len(self.requests)
        calls = [
            {"type": "tool_use", "id": f"toolu_{number}_{at}", "name": name, "input": given}
            for at, (name, given) in enumerate(step() if callable(step) else step)
        ]
        return calls or [{"type": "text", "text": "done"}]


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Api

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        self._send(b"{}", "application/json")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["content-length"])) or b"{}")
        if self.path.startswith("/v1/messages") and "count_tokens" not in self.path:
            self._send(_stream(self.server.blocks(body)), "text/event-stream")
        else:
            self._send(b'{"input_tokens": 1}', "application/json")

    def _send(self, data: bytes, kind: str) -> None:
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _stream(blocks: list[dict[str, Any]]) -> bytes:
    message = {"id": "msg", "type": "message", "role": "assistant", "model": "m", "content": []}
    events: list[dict[str, Any]] = [
        {"type": "message_start", "message": message | {"usage": {"input_tokens": 1, "output_tokens": 1}}}
    ]
    for index, block in enumerate(blocks):
        is_text = block["type"] == "text"
        nothing: dict[str, object] = {"text": ""} if is_text else {"input": {}}
        empty = block | nothing
        delta = (
            {"type": "text_delta", "text": block["text"]}
            if is_text
            else {"type": "input_json_delta", "partial_json": json.dumps(block["input"])}
        )
        events += [
            {"type": "content_block_start", "index": index, "content_block": empty},
            {"type": "content_block_delta", "index": index, "delta": delta},
            {"type": "content_block_stop", "index": index},
        ]
    reason = "end_turn" if blocks[0]["type"] == "text" else "tool_use"
    events += [
        {"type": "message_delta", "delta": {"stop_reason": reason}, "usage": {"output_tokens": 1}},
        {"type": "message_stop"},
    ]
    return "".join(f"event: {each['type']}\ndata: {json.dumps(each)}\n\n" for each in events).encode()


def run(project: Path, steps: Iterable[Step], *options: str) -> list[str]:
    """Run one session of an agent called reviewer in print mode; return the results of its calls."""
    lines = events(project, steps, *options)
    contents = [line["message"]["content"] for line in lines if line["type"] == "user"]
    return [
        str(block["content"]) for content in contents for block in content if block["type"] == "tool_result"
    ]


def events(project: Path, steps: Iterable[Step], *options: str) -> list[dict[str, Any]]:
    """Run such a session; return all its events."""
    return converse(project, Api(steps), *options)


def converse(project: Path, api: Api, *options: str) -> list[dict[str, Any]]:
    """Run such a session with an API, which has its requests afterwards; return all its events."""
    assert CLIENT
    own = {
        "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{api.server_port}",
        "ANTHROPIC_API_KEY": "sk-none",
        "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
        "DISABLE_AUTOUPDATER": "1",
        "DISABLE_TELEMETRY": "1",
    }
    passed = {name: os.environ[name] for name in ("HOME", "PATH", "XDG_RUNTIME_DIR")}
    done = subprocess.run(
        [
            *(CLIENT, "-p", "--agent", "reviewer", "--permission-mode", "acceptEdits"),
            *("--output-format", "stream-json", "--verbose", *options, "go"),
        ],
        cwd=project,
        env=passed | own,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=180,
    )
    api.shutdown()
    api.server_close()
    assert done.returncode == 0, done.stderr.decode()
    return [json.loads(line) for line in done.stdout.splitlines()]
