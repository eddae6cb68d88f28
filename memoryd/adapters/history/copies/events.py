"""Events from elsewhere, added to a history with their operations."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import asdict
from functools import partial
from pathlib import Path

from memoryd.adapters.history.connection import Connection, stored_path
from memoryd.adapters.history.copies.absorb import AbsorbResult, RawVersion, absorb, add_versions
from memoryd.adapters.history.schema import text_of
from memoryd.domain.history.archive import ArchivedEvent

Event = tuple[ArchivedEvent, Sequence[bytes | None]]
"""An event, and the content of each of its versions; None for a deleted file."""


def import_events(connection: Connection, events: Iterable[Event]) -> AbsorbResult:
    """Add the versions and operations that are missing here, in their place in time.

    Args:
        connection: The history to add to.
        events: The events, the oldest first.

    Raises:
        MemorydError: If they cannot be recorded.
    """
    from tempfile import TemporaryDirectory  # noqa: PLC0415  # of a rare import

    with TemporaryDirectory() as directory:
        draft = Connection(Path(directory, "history.db"))
        with closing(draft.raw):
            with draft.writing():
                add_versions(draft, _raw(draft, events), AbsorbResult())
            return absorb(connection, draft.raw)


def _raw(draft: Connection, events: Iterable[Event]) -> Iterator[RawVersion]:
    """Yield the versions of events, and add the operations within the current transaction."""
    last: dict[str, str | None] = {}
    known: set[int] = set()
    changed: set[tuple[int, str]] = set()
    for event, contents in events:
        operation = event.operation
        if operation and operation.id not in known:
            known.add(operation.id)
            draft.insert("operations", **asdict(operation) | {"time": text_of(operation.time)})
        for version, content in zip(event.versions, contents, strict=True):
            path = stored_path(version.path)
            if operation and (operation.id, version.path) not in changed:
                changed.add((operation.id, version.path))
                row = {"root": version.root, "path": version.path, "mode": version.mode}
                row |= {"before": last.get(version.path), "after": version.digest}
                draft.insert("changes", operation=operation.id, **row)
            last[version.path] = version.digest
            yield RawVersion(
                text_of(version.time),
                stored_path(version.root),
                path,
                version.digest,
                version.mode,
                operation.id if operation else None,
                partial(_same, content),
                version.author,
                version.actor,
            )


def _same(content: bytes | None) -> bytes | None:
    return content
