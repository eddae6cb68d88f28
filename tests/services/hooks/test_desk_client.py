"""The real client: run with `TEST_CLAUDE=/path/to/claude pytest -m slow tests/services/hooks`.

The program is that of npm (`@anthropic-ai/claude-code`), installed outside of this project. Nothing leaves
the machine: it talks to an API on loopback.
"""

import json
import os
import signal
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest
from services.daemons import Service, Start, memoryd
from services.hooks.client import CLIENT, Api, Call, Step, converse, events, run
from support import wait_for, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.usage.counts import UseCounts
from memoryd.config.locations import locate
from memoryd.domain.stores.store import agent_store
from memoryd.services.usage.count_uses import count_uses

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        CLIENT is None, reason="Claude Code is not installed: see TEST_CLAUDE in `development`"
    ),
]

HEAD = "# Memory\n\n"
FACTS = [f"- fact {number}\n" for number in range(230)]
MANY = 150
BLIND = HEAD + "".join(FACTS[:190]) + "- new\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    agent = "---\nname: reviewer\ndescription: reviews\nmemory: project\n---\nYou review.\n"
    index = HEAD + "".join(FACTS)
    files = {".claude/agents/reviewer.md": agent, ".claude/agent-memory/reviewer/MEMORY.md": index}
    return write_tree(tmp_path / "project", files)


@pytest.fixture
def index(project: Path) -> Path:
    return project / ".claude" / "agent-memory" / "reviewer" / "MEMORY.md"


def write(path: Path, content: str) -> tuple[str, dict[str, object]]:
    return "Write", {"file_path": str(path), "content": content}


def edit(path: Path, old: str, new: str) -> tuple[str, dict[str, object]]:
    return "Edit", {"file_path": str(path), "old_string": old, "new_string": new}


def hooked(start: Start, project: Path) -> Service:
    service = start(MEMORYD_PROJECTS=str(project), MEMORYD_SETTLE="1000")
    assert memoryd("hook", "install", "--apply").returncode == 0
    return service


def recorded(path: Path) -> list[bytes | None]:
    with History(locate(os.environ).history) as history:
        return [content for _, content in history.versions(str(path))]


def test_without_hooks_the_blind_write_goes_through(project: Path, index: Path) -> None:
    (result,) = run(project, [[write(index, BLIND)]])
    assert "updated successfully" in result
    assert index.read_text() == BLIND


def test_a_blind_write_is_refused_once_and_then_passes(start: Start, project: Path, index: Path) -> None:
    hooked(start, project)
    first, second = run(project, [[write(index, BLIND)], [write(index, BLIND)]])
    assert "memoryd: this write would remove 32 lines of MEMORY.md" in first
    assert "updated successfully" in second
    wait_for(lambda: recorded(index) == [(HEAD + "".join(FACTS)).encode(), BLIND.encode()])


def test_a_session_does_not_overwrite_another_one(start: Start, project: Path, index: Path) -> None:
    index.write_text("- a\n")
    hooked(start, project)
    other = f"printf '%s\\n' '- a' '- of another' >'{index}'"
    call: Call = "Bash", {"command": other, "description": "the other session"}
    *_, refused = run(project, [[call], [write(index, "- a\n- mine\n")]], "--allowedTools=Bash")
    assert "- of another" in refused or "modified since" in refused  # by memoryd, or by the client itself
    assert index.read_text() == "- a\n- of another\n"


def test_ten_edits_without_a_pause_are_ten_versions(start: Start, project: Path, index: Path) -> None:
    index.write_text("- 0\n")
    hooked(start, project)
    texts = [f"- {number}\n" for number in range(11)]
    results = run(project, [[edit(index, *pair)] for pair in pairwise(texts)])
    assert ["updated successfully" in each for each in results] == [True] * 10
    wait_for(lambda: list(dict.fromkeys(recorded(index))) == [text.encode() for text in texts])


def test_what_does_not_fit_is_told_to_the_agent(start: Start, project: Path, index: Path) -> None:
    index.write_text("- a\n")
    hooked(start, project)
    told = []
    for _ in range(5):  # on a busy machine the client may not wait long enough
        index.write_text("- a\n")
        api = Api([[edit(index, "- a\n", "- a\n" + "".join(FACTS[:205]))]])
        converse(project, api)
        assert index.read_text().count("\n") == 206
        told.append("entries would not be loaded" in json.dumps(api.requests[-1]))
        if any(told):
            break
    assert any(told)


@pytest.mark.parametrize("has_read", [False, True])
@pytest.mark.parametrize("how", ["Write", "Edit"])
def test_no_line_of_another_session_is_lost(
    start: Start, project: Path, index: Path, how: str, *, has_read: bool
) -> None:
    index.write_text("- a\n")
    hooked(start, project)

    def write_after_another() -> list[Call]:
        other = (
            write(index, "- a\n- of another\n") if how == "Write" else edit(index, "- a", "- a\n- of another")
        )
        (done,) = run(project, [[other]])
        assert "updated successfully" in done
        return [write(index, "- a\n- mine\n")]

    read: list[Step] = [[("Read", {"file_path": str(index)})]] if has_read else []
    *_, refused = run(project, [*read, write_after_another])
    assert "- of another" in refused or "modified since" in refused  # by memoryd, or by the client itself
    assert index.read_text() == "- a\n- of another\n"


def test_many_writes_at_once_are_all_recorded_and_undone_at_once(
    start: Start, project: Path, index: Path
) -> None:
    before = index.read_bytes()
    hooked(start, project)
    topics = [index.with_name(f"topic{number}.md") for number in range(MANY)]
    calls: list[Call] = [write(path, f"- fact of {path.stem}\n") for path in topics]
    results = run(project, [calls])
    assert sum("created successfully" in each for each in results) == MANY
    wait_for(lambda: all(recorded(path) == [path.read_bytes()] for path in topics))
    wait_for(lambda: "operation 1: reviewer in session" in memoryd("log", str(index.parent)).stdout)
    assert memoryd("undo", "1").returncode == 0
    assert [path for path in topics if path.exists()] == []
    assert index.read_bytes() == before


@pytest.mark.parametrize("state", ["killed", "stopped", "missing"])
def test_whatever_happens_to_the_daemon_the_write_goes_through(
    start: Start, project: Path, index: Path, state: str
) -> None:
    index.write_text("- a\n")
    service = hooked(start, project)
    if state == "stopped":
        service.process.send_signal(signal.SIGSTOP)
    else:
        service.process.kill()
        service.process.wait()
        service.process.returncode = 0
    if state == "missing":
        locate(os.environ).gate.unlink()
    (result,) = run(project, [[write(index, "- b\n")]])
    assert "updated successfully" in result
    assert index.read_text() == "- b\n"
    if state == "stopped":
        service.process.send_signal(signal.SIGCONT)
    memoryd("log", "--all")
    wait_for(lambda: recorded(index)[-1:] == [b"- b\n"])


def test_the_plugin_is_valid_and_works(start: Start, project: Path, index: Path) -> None:
    assert CLIENT
    start(MEMORYD_PROJECTS=str(project), MEMORYD_SETTLE="1000")
    plugin = memoryd("plugin", "path").stdout.strip()
    for arguments in (
        ("plugin", "validate", plugin, "--strict"),
        ("plugin", "marketplace", "add", plugin),
        ("plugin", "install", "memoryd@memoryd"),
    ):
        done = subprocess.run([CLIENT, *arguments], capture_output=True, text=True, check=False, timeout=120)
        assert done.returncode == 0, done.stdout + done.stderr
    search = "mcp__plugin_memoryd_memory__memory_search"
    steps: list[list[Call]] = [[write(index, BLIND)], [(search, {"query": "fact 229"})]]
    found = events(project, steps, f"--allowedTools={search}")
    started = next(each for each in found if each.get("subtype") == "init")
    servers = {each["name"]: each["status"] for each in started["mcp_servers"]}
    assert servers.keys() == {"plugin:memoryd:memory"}
    assert servers["plugin:memoryd:memory"] in {"connected", "pending"}  # a busy machine is slow
    results = json.dumps([each for each in found if each["type"] == "user"])
    assert "memoryd: this write would remove 32 lines of MEMORY.md" in results
    assert "reviewer (project) .claude/agent-memory/reviewer/MEMORY.md:232" in results
    listed = subprocess.run([CLIENT, "plugin", "list"], capture_output=True, text=True, check=True)
    assert "memoryd@memoryd" in listed.stdout
    subprocess.run([CLIENT, "plugin", "uninstall", "memoryd@memoryd"], check=True, capture_output=True)


def test_uses_are_counted_as_the_client_records_them(project: Path, index: Path) -> None:
    topic = index.with_name("a.md")
    topic.write_text("alpha\n")
    calls: list[Call] = [
        ("Read", {"file_path": str(topic)}),
        ("Read", {"file_path": str(index.with_name("missing.md"))}),
        edit(topic, "alpha", "beta"),
        ("Read", {"file_path": str(project / ".claude/agents/reviewer.md")}),
    ]
    run(project, [[call] for call in calls])
    store = agent_store(str(index.parent), user=False)
    with UseCounts(locate(os.environ).usage) as counts:
        assert count_uses(counts, locate(os.environ).claude / "projects", (store,))
        found = {Path(each.path).name: each for each in counts.counts()}
    assert found.keys() == {"MEMORY.md", "a.md", "missing.md"}
    assert (found["MEMORY.md"].loads, found["a.md"].reads, found["a.md"].writes) == (1, 1, 1)
    assert (found["missing.md"].reads, found["missing.md"].failed) == (0, 1)
    assert {each.agent for each in found.values()} == {"reviewer"}


def test_an_agent_is_told_where_a_text_is_that_it_cannot_edit(
    start: Start, project: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index.write_text("- a\n")
    index.with_name("deploy.md").write_text("- Tag the commit before every release.\n")
    hooked(start, project)
    sent: list[str] = []
    answer = Api.blocks

    def listen(api: Api, body: dict[str, object]) -> list[dict[str, object]]:
        sent.append(json.dumps(body))
        return answer(api, body)

    monkeypatch.setattr(Api, "blocks", listen)
    read: Call = "Read", {"file_path": str(index)}
    run(project, [[read], [edit(index, "- Tag the commit before every release.", "- x")]])
    assert "this text is not in MEMORY.md now, but in deploy.md" in sent[-1]
