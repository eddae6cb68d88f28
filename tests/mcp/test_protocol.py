import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mcp_client import Client

from memoryd.mcp.catalogue import tools
from memoryd.mcp.project import Project
from memoryd.mcp.protocol import LONGEST, VERSIONS, respond, serve
from memoryd.mcp.session import McpSession


def _unopened() -> Project:
    raise AssertionError("the handshake " + "opened it")


UNOPENED = McpSession(_unopened, write=False)


def served(*lines: bytes) -> list[dict[str, object]]:
    target = io.BytesIO()
    serve(UNOPENED, io.BytesIO(b"\n".join(lines) + b"\n"), target)
    return [json.loads(line) for line in target.getvalue().splitlines()]


def request(method: str, identity: object = 7, **params: object) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": identity, "method": method, "params": params}).encode()


def test_the_handshake_opens_nothing() -> None:
    discovered, greeted, pong, listed, prompts, templates = served(
        request("server/discover", "a"),
        request("initialize", protocolVersion="2025-06-18"),
        json.dumps({"jsonrpc": "2.0", "method": "notifications/initialized"}).encode(),
        request("ping"),
        request("tools/list"),
        request("prompts/list"),
        request("resources/templates/list"),
    )
    assert discovered == {
        "jsonrpc": "2.0",
        "id": "a",
        "error": {"code": -32601, "message": "there is no such method"},
    }
    assert isinstance(greeted["result"], dict)
    assert greeted["result"]["protocolVersion"] == "2025-06-18"
    assert pong["result"] == {}
    assert listed["result"] == json.loads(json.dumps({"tools": tools(write=False)}))
    assert (prompts["result"], templates["result"]) == ({"prompts": []}, {"resourceTemplates": []})


def test_an_unknown_version_gets_the_newest() -> None:
    for version in ("1999-01-01", 7, None):
        (greeted,) = served(request("initialize", protocolVersion=version))
        assert isinstance(greeted["result"], dict)
        assert greeted["result"]["protocolVersion"] == VERSIONS[0]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"{", -32700),
        (b"\xff", -32700),
        (b"[" * 100_000, -32700),
        (b'{"method": "ping", "id": "' + b"x" * LONGEST + b'"}', -32700),
        (b"[]", -32600),
        (b'{"id": {}, "method": "ping"}', -32600),
        (b'{"id": 1.5, "method": "ping"}', -32600),
        (request("tools/call", name="memory_destroy"), -32602),
        (request("tools/call"), -32602),
        (request("resources/read"), -32602),
        (b'{"id": 1, "method": ["ping"], "params": 3}', -32601),
    ],
)
def test_what_is_no_request_is_refused_and_the_next_one_answered(line: bytes, code: int) -> None:
    refused, pong = served(line, request("ping"))
    assert isinstance(refused["error"], dict)
    assert refused["error"]["code"] == code
    assert pong["result"] == {}


def test_answers_and_notifications_get_no_answer() -> None:
    lines = (b'{"id": 1, "result": {}}', b'{"method": "notifications/cancelled"}', b"", b"  ")
    assert served(*lines) == []


def test_a_bug_ends_no_session(capsys: pytest.CaptureFixture[str]) -> None:
    answer = json.loads(respond(UNOPENED, request("resources/list")) or b"")
    assert answer["error"] == {"code": -32603, "message": "bug: AssertionError"}
    printed = capsys.readouterr()
    assert "the handshake opened it" not in printed.err  # a message may have the text of memory
    assert printed.out == ""


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.just("/etc/passwd"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
names = st.sampled_from(
    ["query", "agent", "limit", "ref", "path", "lines", "text", "topic", "dry_run", "uri"]
)
texts = st.text(max_size=30) | st.sampled_from(
    ["", "../../README.md", "/etc/passwd", "aaaaaa-bbbbbbbb", "9-1", "reviewer", "\0", "\u202e", "MEMORY.md"]
)
given_ = st.dictionaries(names, values | texts, max_size=4)


@given(tool=st.sampled_from([str(each["name"]) for each in tools(write=True)]), arguments=given_ | values)
def test_no_argument_is_a_bug(client: Client, tool: str, arguments: object) -> None:
    line = request("tools/call", name=tool, arguments=arguments)
    answer = json.loads(respond(client.session, line) or b"")
    assert "error" not in answer
    text = answer["result"]["content"][0]["text"]
    assert "secret of the project" not in text
    assert "root:" not in text
    assert len(text) <= 2100


@given(
    method=st.sampled_from(["initialize", "tools/call", "resources/list", "resources/read"]), params=values
)
def test_no_parameters_are_a_bug(client: Client, method: str, params: object) -> None:
    line = json.dumps({"id": 1, "method": method, "params": params}).encode()
    answer = json.loads(respond(client.session, line) or b"")
    assert answer.get("error", {}).get("code") != -32603
