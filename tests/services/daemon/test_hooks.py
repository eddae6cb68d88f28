"""Hooks of the client against a daemon that runs, through the script that the client calls."""

import json
import os
import signal
import subprocess
from itertools import pairwise
from pathlib import Path

from services.daemons import Service, Start, memoryd
from support import wait_for, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.hooks.forward import ask
from memoryd.config.locations import locate
from memoryd.domain.history.versions import CLIENT
from memoryd.domain.hooks.settings import gate_word, hooks_object


def hook(kind: str, event: dict[str, object]) -> str:
    """Call the hook as the client does, by the command in its settings."""
    found = hooks_object(gate_word(str(locate(os.environ).gate)))
    commands = [hook["command"] for each in found.values() for entry in each for hook in entry["hooks"]]  # type: ignore[attr-defined]
    command = next(each for each in commands if each.startswith(f"set -- {kind};"))
    text = json.dumps({"session_id": "s", "cwd": "/", "transcript_path": ""} | event)
    done = subprocess.run(["sh", "-c", command], input=text, capture_output=True, text=True, check=True)
    assert done.stderr == ""
    return done.stdout


def write(path: Path, before: str, after: str) -> str:
    """Write as the client does, and tell of it."""
    new = path.with_name(".new")  # what is written in place may be seen empty
    new.write_text(after)
    new.replace(path)
    event: dict[str, object] = {
        "hook_event_name": "PostToolUse",
        "tool_name": "Write",
        "agent_type": "reviewer",
        "tool_input": {"file_path": str(path), "content": after},
        "tool_response": {"originalFile": before, "structuredPatch": []},
    }
    return hook("after", event)


def recorded(path: Path) -> list[bytes | None]:
    """Each content in the order of its first version: a busy daemon may hear of one twice."""
    with History(locate(os.environ).history) as history:
        return list(dict.fromkeys(content for _, content in history.versions(str(path))))


def is_answered(service: Service) -> bool:
    assert service.process.poll() is None, service.text()
    return ask(str(locate(os.environ).socket), b"{}", 1) is not None


def test_ten_writes_without_a_pause_are_ten_versions(start: Start, container: Path) -> None:
    path = write_tree(container / "reviewer", {"MEMORY.md": "- 0\n"}) / "MEMORY.md"
    service = start()
    texts = [f"- {number}\n" for number in range(11)]
    for before, after in pairwise(texts):
        assert write(path, before, after) == ""
    wait_for(lambda: recorded(path) == [text.encode() for text in texts])
    with History(locate(os.environ).history) as history:
        assert CLIENT in {each.actor for each in history.record(str(path.parent))}
    log = memoryd("log", "--user").stdout
    assert "changed by reviewer (Claude Code)" in log
    assert not service.events("error")
    status = json.loads(memoryd("hook", "status", "--json").stdout)
    assert (status["daemon"], status["script"]) == (True, True)
    assert service.stop() == 0
    assert not locate(os.environ).socket.exists()


def test_what_a_session_wrote_is_undone_as_one(start: Start, container: Path) -> None:
    path = write_tree(container / "reviewer", {"MEMORY.md": "- 0\n"}) / "MEMORY.md"
    service = start()
    wait_for(lambda: is_answered(service))
    before: dict[str, object] = {
        "hook_event_name": "PreToolUse",
        "tool_name": "Write",
        "tool_input": {"file_path": str(path), "content": "- 0\n- 1\n"},
    }
    hook("before", before)
    write(path, "- 0\n", "- 0\n- 1\n")
    write(path, "- 0\n- 1\n", "- 0\n- 1\n- 2\n")
    told = hook("stop", {"hook_event_name": "Stop"})
    assert "memory: +2" in told
    wait_for(lambda: "changed by Claude Code, operation 1: reviewer in session s" in log(), 20)
    assert "undo: memoryd undo 1" in told or "memoryd log" in told  # a busy machine may tell too late
    hook("stop", {"hook_event_name": "SessionEnd"})
    undone = memoryd("undo", "1")
    assert "Undid operation 1 (write: reviewer in session s) as operation 2" in undone.stderr
    assert path.read_text() == "- 0\n"
    assert not service.events("error")


def log() -> str:
    return memoryd("log", "--user").stdout


def test_whatever_happens_to_the_daemon_each_write_gets_into_the_history(
    start: Start, container: Path
) -> None:
    path = write_tree(container / "reviewer", {"MEMORY.md": "- 0\n"}) / "MEMORY.md"
    service = start()
    wait_for(lambda: is_answered(service))
    write(path, "- 0\n", "- 1\n")
    service.process.send_signal(signal.SIGSTOP)
    assert write(path, "- 1\n", "- 2\n") == ""
    service.process.send_signal(signal.SIGCONT)
    write(path, "- 2\n", "- 3\n")
    wait_for(lambda: recorded(path) == [f"- {number}\n".encode() for number in range(4)])
    service.process.kill()
    service.process.wait()
    assert write(path, "- 3\n", "- 4\n") == ""
    assert write(path, "- 4\n", "- 5\n") == ""
    assert recorded(path)[-1] != b"- 5\n"
    memoryd("log", "--user")
    assert recorded(path) == [f"- {number}\n".encode() for number in range(6)]
    service.process.returncode = 0


def test_a_store_at_an_odd_path_is_known_to_the_script(start: Start, home: Path, tmp_path: Path) -> None:
    store = write_tree(tmp_path / 'own "notes"', {"index.md": "- 0\n"})
    places = f"places = ['{tmp_path}/own*']\nindex = 'index.md'\n"
    write_tree(home / ".config" / "memoryd", {"config.toml": f"[profiles.own]\n{places}"})
    start(MEMORYD_PROJECTS=str(tmp_path))
    roots = locate(os.environ).roots
    wait_for(lambda: roots.exists() and roots.read_text())
    write(store / "index.md", "- 0\n", "- 1\n")
    wait_for(lambda: recorded(store / "index.md") == [b"- 0\n", b"- 1\n"])
