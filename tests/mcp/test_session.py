import signal
from pathlib import Path

import pytest
from mcp_client import Server

from memoryd.mcp.project import Project
from memoryd.mcp.session import McpSession


def test_the_project_is_opened_once_and_on_the_first_call() -> None:
    opened: list[int] = []

    def open_project() -> Project:
        opened.append(1)
        raise ValueError("opened")

    session = McpSession(open_project, write=False)
    session.close()
    assert opened == []
    with pytest.raises(ValueError, match="opened"):
        session.call("memory_status", {})
    assert opened == [1]


def test_a_process_answers_and_ends_with_its_input(project: Path) -> None:
    server = Server(project)
    assert server.ask("initialize")["result"]["serverInfo"]["name"] == "memoryd"
    found = server.ask("tools/call", name="memory_search", arguments={"query": "releases"})
    assert "reviewer (project)" in found["result"]["content"][0]["text"]
    assert "another project" not in found["result"]["content"][0]["text"]
    assert server.end() == 0


def test_it_may_be_stopped_at_any_time(project: Path) -> None:
    server = Server(project)
    server.ask("ping")
    server.process.send_signal(signal.SIGTERM)
    assert server.end() == -signal.SIGTERM
