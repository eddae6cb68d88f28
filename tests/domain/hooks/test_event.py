import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.hooks.event import HookEvent, read_event

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
KEYS = (
    *("hook_event_name", "session_id", "tool_name", "tool_input", "tool_response", "cwd", "agent_id"),
    *("file_path", "content", "old_string", "new_string", "originalFile", "structuredPatch", "lines", "file"),
)


def edit(**given: object) -> HookEvent:
    return HookEvent("PreToolUse", tool="Edit", given={"file_path": "/m/MEMORY.md"} | given)


@given(st.binary(max_size=60))
def test_no_bytes_are_a_bug(raw: bytes) -> None:
    assert read_event(raw) is None or raw.lstrip().startswith(b"{")


@given(st.dictionaries(st.sampled_from(KEYS), VALUES | st.dictionaries(st.sampled_from(KEYS), VALUES)))
def test_no_types_are_a_bug(values: dict[str, object]) -> None:
    event = read_event(json.dumps(values).encode())
    if event is not None:
        assert isinstance(event.path + event.shown + event.session, str)
        for text in (event.text_before(), event.text_after(), event.text_wanted("x")):
            assert text is None or isinstance(text, str)


@pytest.mark.parametrize(
    "raw", [b"", b"[]", b"{}", b"null", b'{"hook_event_name": 1}', b"[" * 100_000, b"\0{}"]
)
def test_what_is_no_event_is_none(raw: bytes) -> None:
    assert read_event(raw) is None


def test_the_text_that_an_edit_makes() -> None:
    assert edit(old_string="a", new_string="b").text_wanted("a a") == "b a"
    assert edit(old_string="a", new_string="b", replace_all=True).text_wanted("a a") == "b b"
    assert edit(old_string="x", new_string="b").text_wanted("a a") is None
    assert edit(old_string="a", new_string="b").text_wanted(None) is None
    assert HookEvent("PreToolUse", tool="Read").text_wanted("a") is None


def test_the_text_after_is_that_of_the_patch() -> None:
    patch = [{"oldStart": 1, "lines": ["-a", "+b", " c"]}]
    response = {"originalFile": "a\nc\n", "structuredPatch": patch}
    written = HookEvent("PostToolUse", tool="Write", given={"content": "other"}, response=response)
    assert (written.text_before(), written.text_after()) == ("a\nc\n", "b\nc\n")
    unfit = HookEvent(
        "PostToolUse", tool="Write", given={"content": "other"}, response=response | {"originalFile": "z"}
    )
    assert unfit.text_after() == "other"
    new = HookEvent("PostToolUse", tool="Write", given={"content": "n"}, response={"originalFile": None})
    assert (new.text_before(), new.text_after()) == (None, "n")


def test_what_an_agent_saw() -> None:
    read = HookEvent("PostToolUse", tool="Read", response={"file": {"content": "- a\n"}})
    assert read.shown == "- a\n"
    patch = [{"oldStart": 1, "lines": ["-a", "+b", " c"]}]
    done = HookEvent(
        "PostToolUse", tool="Edit", given={"new_string": "n"}, response={"structuredPatch": patch}
    )
    assert done.shown == "b\nc\nn"
