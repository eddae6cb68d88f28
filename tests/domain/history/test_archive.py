"""Events as commits: safe different paths, and messages that read back as they were written."""

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.history.archive import ArchivedEvent, archived, event_in, message_of, tree_path
from memoryd.domain.history.versions import GIT, Operation, Version

NAMES = st.text(
    st.characters(exclude_characters="/\0", exclude_categories=()), min_size=1, max_size=8
).filter(
    lambda name: all(not 0xD800 <= ord(char) <= 0xDFFF or 0xDC80 <= ord(char) <= 0xDCFF for char in name)
)
PATHS = st.lists(NAMES | st.sampled_from(["..", ".", ".git", "GIT~1", "%2E", 'a"b', "x" * 300]), min_size=1)


def stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def seconds(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def version(path: str, **fields: object) -> Version:
    given = {
        "id": 0,
        "time": 5.0,
        "root": "/r",
        "path": path,
        "digest": "0a",
        "mode": 0o600,
        "operation": None,
    }
    return Version(**given | fields)  # type: ignore[arg-type]


@given(PATHS, PATHS)
def test_paths_stay_inside_and_different(first: list[str], second: list[str]) -> None:
    one, two = (tree_path("/" + "/".join(each)) for each in (first, second))
    assert (one == two) == (first == second)
    for part in one.decode().split("/"):
        assert part.strip(". ")
        assert part.isprintable()
        assert not part.lower().startswith((".git", "git~"))
        assert len(part.encode()) <= 220
    assert one.startswith(b"files/")


@given(PATHS, st.text(), st.sampled_from(["", GIT]), st.none() | st.text())
def test_a_message_reads_back(path: list[str], author: str, actor: str, title: str | None) -> None:
    name = "/" + "/".join(part for part in path if part not in {"..", "."})
    author, title = author.replace("\0", ""), title and title.replace("\0", "")
    operation = None if title is None else Operation(7, 4.25, "fix", "done", title, 3, "daemon")
    found = version(name, operation=operation and 7, actor=actor, author=author, root="/\udcff")
    event = ArchivedEvent(operation, (found, version("/r/gone", digest=None, operation=operation and 7)))
    message = message_of(event, stamp)
    assert event_in(message, seconds) == event
    assert len(message.splitlines()) == 5


def test_versions_of_one_change_are_one_commit() -> None:
    done = Operation(1, 5.0, "fix", "done", "t", None, "daemon")
    found = [
        *(version("/r/a"), version("/r/b"), version("/r/a", time=6.0)),
        *(version("/r/a", operation=1), version("/r/b", operation=1, time=7.0), version("/r/c", operation=2)),
    ]
    assert [len(each.versions) for each in archived(found, {1: done})] == [2, 1, 2, 1]


RECORD = json.loads(
    message_of(ArchivedEvent(None, (version("/r/a"),)), stamp).splitlines()[-1].partition(" ")[2]
)
FILE = RECORD["files"][0]


@pytest.mark.parametrize(
    "change",
    [
        *({"version": 2}, {"files": []}, {"files": [{}]}, {"files": 5}, {"files": None}, {"operation": 5}),
        *({"files": [FILE | {"path": path}]} for path in ("x", "/a/../b", "/a\0", "/./a", 5)),
        *({"files": [FILE | {"mode": mode}]} for mode in (-1, "x", 1 << 70, True)),
        *({"files": [FILE | {"time": time}]} for time in ("x", 5, "")),
    ],
)
def test_what_memoryd_did_not_write_is_an_error(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"memoryd|isoformat"):
        event_in(f"x\n\nmemoryd: {json.dumps(RECORD | change)}\n", seconds)


def test_other_commits_are_none_of_memoryds() -> None:
    assert event_in("fix: a bug\n\nSigned-off-by: x\n", seconds) is None
    assert event_in("", seconds) is None
