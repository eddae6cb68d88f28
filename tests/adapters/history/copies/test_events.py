"""Events from elsewhere get their place in time, with their operations."""

from hashlib import sha256
from pathlib import Path

from memoryd.adapters.history import History
from memoryd.domain.history.archive import ArchivedEvent
from memoryd.domain.history.versions import GIT, Operation, Version

FILE = "/s/rev/MEMORY.md"


def version(time: float, content: bytes | None, operation: int | None = None, actor: str = "") -> Version:
    digest = None if content is None else sha256(content).hexdigest()
    return Version(0, time, "/s/rev", FILE, digest, 0o600, operation, actor=actor)


def test_events_come_before_what_is_newer(tmp_path: Path) -> None:
    undo = Operation(9, 30.0, "undo", "done", "undo fix", 4, "command")
    fix = Operation(4, 20.0, "fix", "done", "fix", None, "daemon")
    events: list[tuple[ArchivedEvent, list[bytes | None]]] = [
        (ArchivedEvent(None, (version(10.0, b"- a\n", actor=GIT),)), [b"- a\n"]),
        (ArchivedEvent(fix, (version(20.0, b"- b\n", 4), version(21.0, b"- c\n", 4))), [b"- b\n", b"- c\n"]),
        (ArchivedEvent(undo, (version(30.0, None, 9),)), [None]),
    ]
    with History(tmp_path / "history.db") as history:
        history.observe("/s/rev", [(FILE, b"- now\n")])
        done = history.import_events(events)
        assert (done.versions, done.operations, done.unreadable) == (4, 2, 0)
        found = [content for _, content in history.versions(FILE)]
        assert found == [b"- a\n", b"- b\n", b"- c\n", None, b"- now\n"]
        assert next(each.actor for each in history.record("/s/rev")) == GIT
        second, first = history.operations()
        assert second.undoes == first.id
        (change,) = history.plan(first).changes
        assert (change.before, change.after) == (b"- a\n", b"- b\n")
        assert history.verify() == ()
        assert history.import_events(events).versions == 0
