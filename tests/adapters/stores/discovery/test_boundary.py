"""Any bytes as settings, records, definitions, names: never an exception, never another item lost."""

import json
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import is_root, write_tree

from memoryd.adapters.stores.discovery import FoundStores, Places, discover, discover_at, discover_repository
from memoryd.domain.stores.claude_code import path_problem, read_records, read_settings
from memoryd.services.agents.read_roster import gather
from memoryd.services.checks.check import read

_PATHS = st.sampled_from(
    [
        *("/x/a\0b", "/x/\ud800", "/a" * 3000, "/" + "x" * 300, "~root/x", "/../../", "~/../", "../x", ""),
        *("/proc/self/cwd", "/dev/fd", "/dev", "/sys", "~", "~/", "/", "~/.claude", ".", "\n::error::"),
        *("~/Documents", "~/code", "/etc"),
    ]
) | st.text(st.characters(codec=None, exclude_categories=()))
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _PATHS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_OBJECTS = st.fixed_dictionaries(
    {},
    optional={
        "autoMemoryDirectory": _VALUES,
        "autoMemoryEnabled": _VALUES,
        "env": _VALUES | st.fixed_dictionaries({"CLAUDE_CODE_DISABLE_AUTO_MEMORY": _VALUES}),
        "cwd": _VALUES,
        "version": _VALUES,
    },
)
_BYTES = (
    st.binary(max_size=200)
    | _OBJECTS.map(lambda value: json.dumps(value).encode())
    | st.sampled_from([b"[" * 100_000, b"{" * 100_000, b'{"a":' * 5000, b"9" * 10_000])
    | st.sampled_from([b"\xff\xfe{\x00}\x00", b"\xef\xbb\xbf{}", b"\xef\xbb\xbf", b"nul", b'"'])
)
_FRONT = _BYTES | st.text().map(lambda text: f"---\nname: {text}\nmemory: project\n---\n".encode())
_NAMES = st.binary(min_size=1, max_size=255).filter(
    lambda name: not set(name) & set(b"/\0") and name not in {b".", b".."}
)


@pytest.fixture(scope="module")
def places(tmp_path_factory: pytest.TempPathFactory) -> Places:
    home = tmp_path_factory.mktemp("home").resolve()
    write_tree(home / ".claude/agent-memory/good", {"MEMORY.md": "- a fact\n"})
    write_tree(home / ".claude/projects/-good/memory", {"MEMORY.md": "- a fact\n"})
    top = write_tree(home / "code/app", {".git/HEAD": ""})
    write_tree(top / ".claude/agent-memory/own", {"MEMORY.md": "- a fact\n"})
    write_tree(top / ".claude/agents", {"own.md": "---\nname: own\nmemory: project\n---\n"})
    return Places(home, home / ".claude", ("~/code/*",))


GOOD = {"good", "own", "-good"}


def searched(places: Places) -> list[FoundStores]:
    """What is found in every way, read; what was good before is there still."""
    top = places.home / "code/app"
    found = discover(places, cwd=top)
    assert {store.agent for store in found.stores} >= GOOD
    assert any(definition.name == "own" for definition in found.definitions)
    others = [discover_repository(places, top), discover_at(places, [top])]
    assert all("own" in {store.agent for store in each.stores} for each in others)
    for each in (found, *others):
        gather(each, tuple(map(read, each.stores)), git=False)
        for skipped in each.skipped:
            assert skipped.reason
    return [found, *others]


def put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


@settings(max_examples=60)
@given(content=_BYTES, user=st.booleans(), name=st.sampled_from(["settings.json", "settings.local.json"]))
def test_any_settings(places: Places, content: bytes, *, user: bool, name: str) -> None:
    path = (places.claude_dir if user else places.home / "code/app/.claude") / name
    put(path, content)
    try:
        for found in searched(places):
            assert all("/.claude/" in store.root or user for store in found.stores)
    finally:
        path.unlink()


@settings(max_examples=40)
@given(content=_BYTES)
def test_any_session_record(places: Places, content: bytes) -> None:
    path = places.claude_dir / "projects/-bad/5f.jsonl"
    put(path, content + b"\n" + content)
    try:
        searched(places)
    finally:
        path.unlink()


@settings(max_examples=40)
@given(content=_FRONT)
def test_any_definition(places: Places, content: bytes) -> None:
    path = places.home / "code/app/.claude/agents/bad.md"
    put(path, content)
    try:
        searched(places)
    finally:
        path.unlink()


@settings(max_examples=60)
@given(name=_NAMES, kind=st.sampled_from(["store", "definition", "topic", "link", "pipe"]))
def test_any_name(places: Places, name: bytes, kind: str) -> None:
    claude = os.fsencode(places.home / "code/app/.claude")
    above = {"definition": b"/agents/", "topic": b"/agent-memory/own/"}.get(kind, b"/agent-memory/")
    path = claude + above + name + b".md" * (kind in {"definition", "topic"})
    if len(os.path.basename(path)) > 255 or os.path.lexists(path):
        return
    try:
        if kind == "store":
            os.mkdir(path)
        elif kind == "link":
            os.symlink(b"/etc", path)
        elif kind == "pipe":
            os.mkfifo(path)
        else:
            with open(path, "wb") as file:
                file.write(b"---\nname: x\n---\n")
        searched(places)
    finally:
        (os.rmdir if kind == "store" else os.unlink)(path)


@given(_BYTES)
def test_any_bytes_are_settings_and_records(content: bytes) -> None:
    found = read_settings(content, "/home/me")
    assert not found.directory or (found.directory.startswith("/") and not path_problem(found.directory))
    directories, _ = read_records(content)
    assert all(each.startswith("/") and not path_problem(each) for each in directories)


@pytest.mark.parametrize("directory", [".git", ".git/hooks", "sub/.git/x"])
def test_the_inside_of_git_is_no_memory(places: Places, directory: str) -> None:
    project = places.home / "code/app"
    put(project / directory / "MEMORY.md", b"- a\n")
    settings_file = json.dumps({"autoMemoryDirectory": str(project / directory)})
    put(project / ".claude/settings.json", settings_file.encode())
    found = discover(places, cwd=project)
    assert [each.reason for each in found.skipped] == [
        "autoMemoryDirectory is inside a .git directory, and is not followed"
    ]
    assert not any(".git" in store.root for store in found.stores)


def test_one_bad_item_of_each_kind_is_named(places: Places) -> None:
    claude = places.home / "code/app/.claude"
    put(claude / "settings.json", b"{ // a comment\n}")
    put(claude / "settings.local.json", b'{"autoMemoryDirectory": "/tmp/a\\u0000b"}')
    put(places.claude_dir / "settings.json", b"[]")
    put(places.claude_dir / "projects/-bad/1.jsonl", b'{"cwd": "/tmp/a\\u0000b"}\n')
    os.mkfifo(claude / "agents/pipe.md")
    found = discover(places, cwd=places.home / "code/app")
    reasons = {os.path.basename(each.path): each.reason for each in found.skipped}
    first = found.skipped[0].path
    assert reasons["settings.local.json"] == "autoMemoryDirectory contains a NUL"
    assert reasons["1.jsonl"] == "names a working directory that contains a NUL"
    assert reasons["pipe.md"] == "is not a regular file"
    assert {each.path for each in found.skipped} >= {str(claude / "settings.json"), first}
    assert any("Claude Code ignores the whole file" in each.reason for each in found.skipped)


@pytest.mark.skipif(is_root(), reason="root may read everything")
def test_a_directory_that_cannot_be_listed_names_itself(places: Places) -> None:
    closed = places.home / "code/app/.claude/agent-memory-local"
    closed.mkdir(mode=0)
    found = discover(places, cwd=places.home / "code/app")
    closed.rmdir()
    assert [each.reason for each in found.skipped if each.path == str(closed)] == [
        "cannot be listed: Permission denied"
    ]
