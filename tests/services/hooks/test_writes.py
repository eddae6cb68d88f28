import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from memoryd.adapters.history import History
from memoryd.adapters.hooks.forward import keep
from memoryd.domain.history.versions import BEFORE, CLIENT
from memoryd.domain.hooks.event import HookEvent
from memoryd.domain.stores.store import guessed_store
from memoryd.services.hooks.writes import contents_of, take_in

ROOT = "/p/.claude/agent-memory/reviewer"
FILE = f"{ROOT}/MEMORY.md"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as found:
        yield found


def event(before: str | None, content: str, path: str = FILE) -> bytes:
    values = {
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "agent_type": "reviewer",
        "tool_input": {"file_path": path, "content": content},
        "tool_response": {"originalFile": before, "structuredPatch": []},
    }
    return json.dumps(values).encode()


def written(before: str | None, content: str) -> HookEvent:
    return HookEvent(
        "PostToolUse", tool="Write", given={"content": content}, response={"originalFile": before}
    )


def test_each_text_of_a_write_is_a_content_in_order() -> None:
    assert contents_of(written("a", "b"), b"b") == [(b"a", BEFORE), (b"b", CLIENT)]
    assert contents_of(written("a", "b"), b"c") == [(b"a", BEFORE), (b"b", CLIENT), (b"c", "")]
    assert contents_of(written(None, "b"), None) == [(b"b", CLIENT)]
    assert contents_of(HookEvent("PostToolUse", tool="Edit"), b"c") == [(b"c", CLIENT)]


def test_what_the_client_drops_of_a_text_is_put_back() -> None:
    disk = "\ufeffa\r\nb\r\n".encode()
    assert contents_of(written("a\n", "a\nb\n"), disk) == [("\ufeffa\r\n".encode(), BEFORE), (disk, CLIENT)]


@pytest.mark.parametrize(
    ("path", "root"),
    [
        (FILE, ROOT),
        (f"{ROOT}/deep/er/a.md", ROOT),
        ("/p/.claude/agent-memory-local/x/a.md", "/p/.claude/agent-memory-local/x"),
        ("/h/.claude/projects/-p/memory/a.md", "/h/.claude/projects/-p/memory"),
        ("/q/MEMORY.md", "/q"),
        ("/q/a.md", None),
        ("/p/.claude/agent-memory/a.md", None),
    ],
)
def test_the_store_by_the_path_alone(path: str, root: str | None) -> None:
    store = guessed_store(path)
    assert (store.root if store else None) == root


def test_writes_without_a_daemon_are_taken_in_once_and_in_order(history: History, tmp_path: Path) -> None:
    waiting = tmp_path / "waiting"
    assert take_in(waiting, history) == 0
    texts = [f"- {number}\n" for number in range(10)]
    for before, after in zip([None, *texts], texts, strict=False):
        keep(str(waiting), event(before, after))
    keep(str(waiting), b"not JSON")
    keep(str(waiting), event(None, "x", "/q/main.py"))
    (waiting / "1-2.json.new").write_bytes(b"of a killed process")
    assert take_in(waiting, history) == 12
    assert take_in(waiting, history) == 0
    history.observe(ROOT, [(FILE, b"- 9\n")])
    assert [content for _, content in history.versions(FILE)] == [text.encode() for text in texts]
    writers = {(version.actor, version.author) for version in history.record(ROOT)}
    assert writers == {(CLIENT, "reviewer")}
    assert history.roots() == (ROOT,)


def test_a_late_event_gets_its_place_in_time(history: History, tmp_path: Path) -> None:
    waiting = tmp_path / "waiting"
    keep(str(waiting), event("- a\n", "- b\n"))
    time.sleep(0.01)  # times are recorded to the millisecond
    history.observe(ROOT, [(FILE, b"- c\n")])
    take_in(waiting, history)
    history.observe(ROOT, [(FILE, b"- d\n")])
    assert [content for _, content in history.versions(FILE)] == [b"- a\n", b"- b\n", b"- c\n", b"- d\n"]


def test_a_version_that_was_seen_before_it_was_reported_gets_its_writer(
    history: History, tmp_path: Path
) -> None:
    history.observe(ROOT, [(FILE, b"- a\n"), (f"{ROOT}/b.md", b"- b\n")])
    history.observe(ROOT, [(FILE, b"- c\n")])
    keep(str(tmp_path / "waiting"), event("- a\n", "- c\n"))
    take_in(tmp_path / "waiting", history)
    history.observe(ROOT, [(FILE, b"- d\n")])
    found = [(version.path, version.actor) for version in history.record(ROOT)]
    assert found == [(FILE, ""), (f"{ROOT}/b.md", ""), (FILE, CLIENT), (FILE, "")]
