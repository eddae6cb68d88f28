"""Links out of a repository, of every kind: a marker behind them is in no output, no database and no log.

The repository is a stranger's, and whoever cloned it runs every command in it, and the daemon.
"""

import os
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from cli.program import OVER_LIMIT, memoryd
from services.daemons import Service
from support import needs_git, write_tree

from memoryd.adapters.forgetting import cells
from memoryd.adapters.stores import contents
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check, read

MARKER = "zqxmarker"
_SECRET = f"{MARKER}environment"
_NOTE = f"---\nname: plumbing\ndescription: {MARKER}d\n---\n# {MARKER}h\n\n- plumbing of yesterday {MARKER}\n"
_OUTSIDE = {
    "private/a.md": _NOTE,
    "private/MEMORY.md": f"- [a](a.md) plumbing {MARKER}i\n" + "- plumbing line\n" * 300,
    f"private/{MARKER}name.md": _NOTE,
    "private/deep/b.md": _NOTE,
    "private/agents/x.md": f"---\nname: {MARKER}agent\nmemory: project\ndescription: x\n---\n{MARKER}\n",
    "private/settings.json": f'{{"autoMemoryEnabled": false, "{MARKER}": 1}}',
    "private/checks.toml": f'select = ["{MARKER}"]\n',
    "private/store/MEMORY.md": f"- plumbing {MARKER}s\n",
    "private/claude/agent-memory/y/MEMORY.md": f"- plumbing {MARKER}c\n",
    "private/claude/agent-memory/" + MARKER + "/MEMORY.md": "- plumbing\n",
}
_INDEX = """# Memory

- [a](relative.md) plumbing
- [b](absolute.md)
- [c](chain.md)
- [d](process.md)
- [e](folder/a.md#nothing-there)
- [f](../../../../home/private/a.md#nothing-there)
- [g](loop.md)
- [[plumbing]]
- the tests run in Docker of yesterday
"""


@pytest.fixture
def outside(home: Path) -> Path:
    return write_tree(home, _OUTSIDE) / "private"


@pytest.fixture
def repository(home: Path, outside: Path) -> Path:
    top = home.parent / f"{home.name}-repository"
    store = write_tree(
        top / ".claude/agent-memory/reviewer", {"MEMORY.md": _INDEX, "own.md": "# Own\n\nplumbing\n"}
    )
    away = os.path.relpath(outside, store)
    write_tree(
        top,
        {".git/HEAD": "ref: refs/heads/main\n", "web/x": "", ".claude/agents/a.md": "---\nname: a\n---\n"},
    )
    links: dict[Path, str | Path] = {
        store / "relative.md": f"{away}/a.md",
        store / "absolute.md": outside / "a.md",
        store / "chain.md": "chain2.md",
        store / "chain2.md": "folder/b.md",
        store / "folder": outside / "deep",
        store / "process.md": "/proc/self/environ",
        store / "loop.md": "loop.md",
        store / "up.md": f"../reviewer/../../../{os.path.relpath(outside, top)}/a.md",
        top / ".claude/agent-memory/indexed/MEMORY.md": outside / "MEMORY.md",
        top / ".claude/agent-memory/linked": outside,
        top / ".claude/agent-memory/proc": "/proc/self",
        top / ".claude/agent-memory-local": outside / "claude/agent-memory",
        top / ".claude/agents/link.md": outside / "agents/x.md",
        top / ".claude/settings.json": outside / "settings.json",
        top / ".claude/rules": outside,
        top / "web/.claude": outside / "claude",
        top / "CLAUDE.md": outside / "a.md",
        top / "AGENTS.md": outside / "a.md",
        top / "memory-bank": outside / "store",
        top / ".goose/memory": outside / "store",
        top / "lib/.claude/agents": outside / "agents",
    }
    for link, target in links.items():
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(target)
    write_tree(top, {"api/.claude/settings.json": f'{{"autoMemoryDirectory": "{outside}/store"}}'})
    write_tree(top, {"app/.claude/settings.local.json": '{"autoMemoryDirectory": "~/private"}'})
    return top


COMMANDS = [
    "status",
    "status --json",
    "check",
    "check --json",
    "check --format github",
    "check --format gitlab",
    "check --format sarif",
    "check --format junit",
    "check --format concise --select ALL",
    "check --all --statistics",
    "check --diff",
    "check --show-files",
    "check web/.claude lib api app memory-bank .goose",
    "link-check",
    "show reviewer",
    "show --loaded .claude/agent-memory/reviewer",
    "show .claude/agent-memory/linked",
    "search plumbing",
    "search --json plumbing",
    "compact --diff",
    "compact --apply --all",
    "dedupe --across",
    "prune",
    "forget plumbing",
    "log --patch",
    "diff .claude/agent-memory/reviewer yesterday",
    "cat .claude/agent-memory/reviewer/relative.md",
    "restore .claude/agent-memory/reviewer/relative.md --diff",
    "restore .claude/agent-memory/reviewer --at yesterday --diff",
    "doctor",
    "index verify",
    "history verify",
]


def kept(home: Path) -> str:
    """Everything that memoryd keeps of its own, as text, and where the marker is in it."""
    found = ""
    for path in [*(home / ".local").rglob("*"), *(home / ".cache").rglob("*")]:
        if path.suffix == ".db":
            found += "".join(f"{path.name}: {cell!r}\n" for cell in cells(path))
        elif path.is_file():
            found += f"{path.name}: {path.read_bytes()!r}\n"
    return found


def assert_untouched(outside: Path) -> None:
    for name, text in _OUTSIDE.items():
        assert (outside.parent / name).read_text() == text
    assert not list(outside.rglob(".memoryd*"))


@needs_git
def test_no_command_shows_or_keeps_what_is_outside(repository: Path, home: Path, outside: Path) -> None:
    for command in COMMANDS:
        done = memoryd(*command.split(), cwd=repository, TEST_SECRET=_SECRET)
        assert done.code in {0, 1, 2}, (command, done.err)
        assert MARKER not in done.out + done.err, command
    assert MARKER not in kept(home)
    assert "plumbing" in kept(home)  # what is inside is kept
    assert_untouched(outside)


def test_the_daemon_neither_keeps_nor_changes_what_is_outside(
    repository: Path, home: Path, outside: Path
) -> None:
    with (home / "daemon.log").open("wb") as log:
        service = Service(log, MEMORYD_PROJECTS=str(repository), TEST_SECRET=_SECRET)
        try:
            service.wait_for("ready")
            (repository / ".claude/agent-memory/reviewer/new.md").write_text("plumbing\n")
            (repository / ".claude/agent-memory/reviewer/later.md").symlink_to(outside / "a.md")
            service.wait_for("indexed", 2)
        finally:
            assert service.stop() == 0
    assert MARKER not in (home / "daemon.log").read_text()
    assert MARKER not in kept(home)
    assert not service.events("bug")
    assert_untouched(outside)


def test_what_is_swapped_for_a_link_while_it_is_read_is_not_read(repository: Path, outside: Path) -> None:
    """A topic file, its directory and the whole store become links out, over and over."""
    root = repository / ".claude/agent-memory/swapped"
    write_tree(root, {"MEMORY.md": "- [t](sub/t.md)\n", "sub/a.md": "inside\n", "a.md": "inside\n"})
    store = replace(agent_store(str(root), user=False), within=str(repository))
    (root / "sub-link").symlink_to(outside)
    (root / "a-link.md").symlink_to(outside / "a.md")
    done = threading.Event()

    def swap() -> None:
        while not done.is_set():
            for name, link in (("sub", "sub-link"), ("a.md", "a-link.md")):
                os.rename(root / name, root / f".{name}")
                os.rename(root / link, root / name)
                os.rename(root / name, root / link)
                os.rename(root / f".{name}", root / name)

    thread = threading.Thread(target=swap)
    thread.start()
    try:
        for _ in range(400):
            snapshot = contents.snapshot(store)
            assert all(MARKER.encode() not in each.raw for each in snapshot.documents.values())
    finally:
        done.set()
        thread.join()


def test_a_store_that_becomes_a_link_is_not_read_any_more(repository: Path, outside: Path) -> None:
    root = repository / ".claude/agent-memory/once"
    write_tree(root, {"MEMORY.md": "- a fact\n"})
    store = replace(agent_store(str(root), user=False), within=str(repository))
    assert read(store).documents
    root.rename(root.with_name("before"))
    root.symlink_to(outside)
    assert not read(store).documents
    assert MARKER not in str(check([store], ALL_RULES))


@pytest.mark.parametrize("links", [("MEMORY.md",), ("",)], ids=["file", "store"])
def test_what_was_recorded_is_not_restored_through_a_link(
    repository: Path, home: Path, outside: Path, links: tuple[str, ...]
) -> None:
    root = repository / ".claude/agent-memory/once"
    write_tree(root, {"MEMORY.md": OVER_LIMIT, "a.md": "- first\n"})
    assert memoryd("compact", str(root), "--apply", cwd=repository).code == 0
    for name in links:
        place = root / name
        place.rename(place.with_name("before"))
        place.symlink_to(outside / name)
    for command in (
        f"restore {root}/MEMORY.md@1",
        f"restore {root} --at yesterday",
        f"restore {root}/MEMORY.md",
        f"restore {root} --lost",
        "undo 1",
        "undo",
    ):
        done = memoryd(*command.split(), cwd=repository)
        assert done.code == 2 or "Nothing to restore" in done.err, (command, done.out, done.err)
        assert MARKER not in done.out + done.err
    assert MARKER not in kept(home)
    assert_untouched(outside)


def test_a_store_of_a_trusted_repository_is_restored_through_its_link(
    repository: Path, outside: Path
) -> None:
    root = repository / ".claude/agent-memory/vault"
    write_tree(outside / "vault", {"MEMORY.md": OVER_LIMIT})
    root.symlink_to(outside / "vault")
    assert memoryd("trust", ".", cwd=repository).code == 0
    assert memoryd("compact", "--agent", "vault", "--apply", cwd=repository).code == 0
    assert (outside / "vault/MEMORY.md").read_text() != OVER_LIMIT
    assert memoryd("undo", cwd=repository).code == 0
    assert (outside / "vault/MEMORY.md").read_text() == OVER_LIMIT


def test_a_file_with_a_second_name_outside_is_never_written(
    repository: Path, home: Path, outside: Path
) -> None:
    """A hard link cannot be told from the file: it is read, as the repository contains it."""
    root = write_tree(repository / ".claude/agent-memory/hard", {"own.md": "# Own\n"})
    shared = outside.with_name("shared.md")
    shared.write_text(OVER_LIMIT + "- [x](gone.md) zebra\n- zebra\n- zebra\n")
    os.link(shared, root / "MEMORY.md")
    before = shared.read_bytes()
    for command in (
        "compact --apply",
        "check --fix --unsafe-fixes",
        "dedupe --apply --unsafe-fixes",
        "forget zebra --apply",
        "prune --apply",
    ):
        done = memoryd(*command.split(), str(root), cwd=repository)
        assert done.code in {0, 1, 2}, (command, done.err)
        assert "Traceback" not in done.err
        assert shared.read_bytes() == before, command
    with (home / "daemon.log").open("wb") as log:
        service = Service(log, MEMORYD_PROJECTS=str(repository), MEMORYD_SETTLE="0")
        try:
            service.wait_for("not_compacted")
        finally:
            assert service.stop() == 0
    assert shared.read_bytes() == before


def test_the_daemon_writes_nothing_through_a_store_that_becomes_a_link(
    repository: Path, home: Path, outside: Path
) -> None:
    """The store is a directory and a link out by turns, while the daemon compacts it again and again."""
    root = repository / ".claude/agent-memory/swapped"
    write_tree(root, {"MEMORY.md": OVER_LIMIT})
    link, away = root.with_name(".link"), root.with_name(".away")
    link.symlink_to(outside)
    with (home / "daemon.log").open("wb") as log:
        service = Service(log, MEMORYD_PROJECTS=str(repository), MEMORYD_SETTLE="0", MEMORYD_RESCAN="0.1")
        try:
            service.wait_for("ready")
            for _ in range(150):
                root.rename(away)
                link.rename(root)
                time.sleep(0.005)
                root.rename(link)
                away.rename(root)
                (root / "MEMORY.md").write_text(OVER_LIMIT)
                time.sleep(0.005)
        finally:
            assert service.stop() == 0
    assert not service.events("bug"), service.text()
    assert MARKER not in service.text()
    assert MARKER not in kept(home)
    assert_untouched(outside)
    assert {path.name for path in outside.iterdir()} == {name.split("/")[1] for name in _OUTSIDE}
