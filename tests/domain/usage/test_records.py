import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.usage.records import RecordState, Use, UseKind, read_line

TOPIC = "/p/.claude/agent-memory/reviewer/a.md"
AUTO = "/h/.claude/projects/-p/memory/MEMORY.md"
TIME = "2026-03-01T23:59:59.000Z"


def line(**values: object) -> bytes:
    return json.dumps({"sessionId": "s", "timestamp": TIME, "cwd": "/p", **values}).encode() + b"\n"


def call(tool: str = "Read", path: object = TOPIC, identity: str = "toolu_1", **values: object) -> bytes:
    block = {"type": "tool_use", "id": identity, "name": tool, "input": {"file_path": path}}
    return line(type="assistant", message={"content": [block]}, **values)


def result(identity: str = "toolu_1", **values: object) -> bytes:
    return line(message={"content": [{"type": "tool_result", "tool_use_id": identity, **values}]})


def uses(*lines: bytes, state: RecordState | None = None) -> list[Use]:
    known = state or RecordState("s")
    return [use for each in lines for use in read_line(each, known, lambda path: path.endswith(".md"))]


@pytest.mark.parametrize(
    ("tool", "kind"), [("Read", UseKind.READ), ("Edit", UseKind.WRITE), ("Write", UseKind.WRITE)]
)
def test_a_call_counts_when_its_result_is_known(tool: str, kind: UseKind) -> None:
    assert uses(call(tool)) == []
    assert uses(call(tool), result()) == [Use(kind, TOPIC, "", "2026-03-01")]
    assert uses(call(tool), result(is_error=True)) == [Use(UseKind.FAILED, TOPIC, "", "2026-03-01")]
    assert uses(call(tool), result("toolu_2"), result(), result()) == [Use(kind, TOPIC, "", "2026-03-01")]


def test_a_subagent_and_an_agent_s_session_load_their_memory_once() -> None:
    load = Use(UseKind.LOAD, "", "reviewer", "2026-03-01", "/p")
    assert uses(call(attributionAgent="reviewer"), call(attributionAgent="reviewer")) == [load]
    setting = json.dumps({"type": "agent-setting", "agentSetting": "reviewer", "sessionId": "s"}).encode()
    queued = line(type="queue-operation", cwd=None)
    assert uses(setting, queued, line(type="user", message={"content": "go"})) == [load]
    assert uses(setting, call(), result())[1:] == [Use(UseKind.READ, TOPIC, "reviewer", "2026-03-01")]


def test_auto_memory_tells_its_loads_with_their_size() -> None:
    files = [
        {"path": AUTO, "type": "AutoMem", "content": "x" * 31},
        {"path": "/p/CLAUDE.md", "type": "Project", "content": "x"},
        {"path": "/h/notes.txt", "type": "AutoMem", "content": "x"},
        {"path": 7, "type": "AutoMem"},
        "AutoMem",
    ]
    attachment = {"type": "instructions", "files": files}
    assert uses(line(attachment=attachment)) == [Use(UseKind.LOAD, AUTO, "", "2026-03-01", tokens=10)]


def test_copies_of_other_sessions_do_not_count() -> None:
    assert uses(call(), result(), state=RecordState("t")) == []


@pytest.mark.parametrize(
    "path", ["a.md", "", None, 7, ["/a.md"], "/a\0.md", "/a\ud800.md", "/" + "a" * 5000, "/p/main.py"]
)
def test_other_paths_do_not_count(path: object) -> None:
    assert uses(call(path=path), result()) == []


def test_a_path_counts_in_one_spelling() -> None:
    assert [each.path for each in uses(call(path="//p/../p/./a.md"), result())] == ["/p/a.md"]


def test_lines_of_other_forms_are_skipped() -> None:
    broken = (b"", b"\n", b"\xff\n", b'"tool_use"', b'{"tool_use"', b"[" * 100_000 + b'"tool_use"')
    strange = (
        line(message={"content": "tool_use"}, attachment=["AutoMem"]),
        line(message=["tool_use"], attributionAgent=["x"], timestamp="yesterday"),
        line(attachment={"type": "instructions", "files": {"AutoMem": 1}}),
        call(identity="x" * 1000),
        result("\n"),
    )
    assert uses(*broken, *strange, result("x" * 1000)) == []


json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=5) | st.sampled_from(["tool_use", "AutoMem"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["message", "content", "type", "id", "input", "files", "path", "timestamp", "attachment"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(st.lists(json_values | st.binary(), max_size=5))
def test_no_line_is_an_error(values: list[object]) -> None:
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in values]
    uses(*(each + b' "tool_use"' for each in lines), *lines)
