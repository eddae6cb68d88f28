"""What session records, settings and slugs say."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.stores.claude_code import (
    auto_memory_of,
    main_tree,
    project_of,
    read_records,
    read_settings,
    slug_of,
)


def _lines(*records: object) -> bytes:
    return b"".join(json.dumps(record).encode() + b"\n" for record in records)


def test_a_session_that_changed_directory_names_both() -> None:
    records = _lines({"type": "summary"}, {"cwd": "/a"}, {"cwd": "/b"}, {"cwd": "/c/"}, {"type": "x"})
    assert read_records(records)[0] == ("/a", "/c")


def test_only_the_field_of_the_record_itself_counts() -> None:
    records = _lines({"input": {"cwd": "/tool"}}, {"text": '"cwd":"/quoted"'}, {"cwd": "/a"})
    assert read_records(records)[0] == ("/a",)


@pytest.mark.parametrize(
    "records",
    [
        b"",
        b'{"cwd": "/cut',
        b'"cwd"',
        b'["cwd"]\n',
        b'{"cwd": 7}\n{"cwd": ""}\n{"cwd": "relative"}',
        b'{"cwd": "/\xff"}\n',
        b'{"cwd":' + b"[" * 200_000 + b"\n",
    ],
)
def test_damaged_records_name_nothing(records: bytes) -> None:
    assert read_records(records)[0] == ()


@given(st.binary(), st.binary())
def test_a_record_is_found_among_any_bytes(before: bytes, after: bytes) -> None:
    found = read_records(before + b"\n" + _lines({"cwd": "/home/me/x y"}) + after)[0]
    assert "/home/me/x y" in found


@pytest.mark.parametrize(
    ("settings", "directory"),
    [
        (b'{"autoMemoryDirectory": "/m/"}', "/m"),
        (b'{"autoMemoryDirectory": "~/notes"}', "/h/notes"),
        (b'{"autoMemoryDirectory": "notes"}', ""),
        (b'{"autoMemoryDirectory": "~you/notes"}', ""),
        (b'{"autoMemoryDirectory": ["/m"]}', ""),
        (b"{}", ""),
        (b"[]", ""),
        (b"{", ""),
        (b"\xff", ""),
    ],
)
def test_settings_move_auto_memory(settings: bytes, directory: str) -> None:
    assert read_settings(settings, "/h").directory == directory


@pytest.mark.parametrize(
    ("settings", "on"),
    [
        (b'{"autoMemoryEnabled": false}', False),
        (b'{"autoMemoryEnabled": true}', True),
        (b'{"env": {"CLAUDE_CODE_DISABLE_AUTO_MEMORY": "1"}, "autoMemoryEnabled": true}', False),
        (b'{"env": {"CLAUDE_CODE_DISABLE_AUTO_MEMORY": 1}}', False),
        (b'{"env": {"CLAUDE_CODE_DISABLE_AUTO_MEMORY": "0"}}', None),
        (b'{"env": ["CLAUDE_CODE_DISABLE_AUTO_MEMORY"]}', None),
        (b'{"autoMemoryEnabled": "false"}', None),
        (b"{}", None),
        (b"[false", None),
    ],
)
def test_settings_turn_memory_off(settings: bytes, on: object) -> None:
    assert read_settings(settings, "/h").memory is on


def test_a_slug_stands_for_the_directory_it_was_made_of() -> None:
    assert project_of("-home-me-a-b", ["/home/me/a.b"]) == "/home/me/a.b"
    assert project_of("-home-me-a-b", ["/elsewhere", "/home/me/a_b/src/deep"]) == "/home/me/a_b"


def test_a_slug_counts_utf16_units() -> None:
    assert project_of("-x---y", ["/x/🦊y"]) == "/x/🦊y"


def test_a_long_slug_is_recognised_by_its_first_200_units() -> None:
    path = "/" + "d" * 250
    assert project_of("-" + "d" * 199 + "-1x9k2", ["/other", path]) == path
    assert project_of("-" + "d" * 198 + "-1x9k2", ["/other", path]) == "/other"


def test_a_slug_of_unknown_origin_takes_the_likeliest_directory() -> None:
    assert project_of("-x", ["/a", "/b"]) == "/a"
    assert project_of("-x", []) == ""


@pytest.mark.parametrize(
    ("directory", "tree"),
    [
        ("/r/.claude/worktrees/x", "/r"),
        ("/r/.claude/worktrees/x/web", "/r"),
        ("/r/.claude/worktreesx", "/r/.claude/worktreesx"),
        ("/.claude/worktrees/x", "/.claude/worktrees/x"),
        ("/r", "/r"),
    ],
)
def test_the_repository_of_an_agent_s_worktree(directory: str, tree: str) -> None:
    assert main_tree(directory) == tree


def test_auto_memory_that_records_name() -> None:
    file = '{"path": "%s", "type": "AutoMem"}'
    line = '{"type": "attachment", "attachment": {"files": [%s]}}\n'
    records = line % (file % "/a/MEMORY.md") + "broken AutoMem\n" + line % (file % "/b/notes")
    assert auto_memory_of(records.encode()) == ("/b/notes", "/a")


@pytest.mark.parametrize(("directory", "slug"), [("/home/a_b/é", "-home-a-b--"), ("/" + "x" * 250, "")])
def test_the_slug_of_a_directory(directory: str, slug: str) -> None:
    assert slug_of(directory) == slug
