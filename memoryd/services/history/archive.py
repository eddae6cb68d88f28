"""Export of the history as a git repository."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from memoryd.adapters.git.archive import NewCommit, NewFile, committed, messages_of, write_repository
from memoryd.adapters.history import History
from memoryd.adapters.history.copies.absorb import AbsorbResult
from memoryd.domain.history.archive import (
    README,
    README_PATH,
    ArchivedEvent,
    archived,
    event_in,
    message_of,
    tree_path,
)
from memoryd.errors import MemorydError
from memoryd.values import dataclass


@dataclass(slots=True)
class ExportResult:
    """The numbers of exported versions, and of versions that are left out because they cannot be read."""

    versions: int = 0
    unreadable: int = 0


def export_history(history: History, directory: Path) -> ExportResult:
    """Write all versions to a git repository that a person can read without memoryd: one commit a change.

    Args:
        history: The history.
        directory: A missing or empty directory.

    Raises:
        MemorydError: If the directory has files, or git is missing, or it cannot be written.
    """
    done = ExportResult()
    try:
        directory.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise MemorydError(f"cannot write {directory}: {error.strerror}", "name another directory") from error
    write_repository(directory, _commits(history, done))
    return done


def _commits(history: History, done: ExportResult) -> Iterator[NewCommit]:
    known = {each.id: each for each in history.operations() if each.status == "done"}
    first = next(history.all_versions(), None)
    readme = NewFile(README_PATH, README.encode())
    yield NewCommit(first.time if first else 0.0, "memoryd", "describe this repository\n", [readme])
    for event in archived(history.all_versions(), known):
        files = []
        versions = []
        for version in event.versions:
            try:
                content = history.content(version.digest)
            except MemorydError:  # `history verify` names it
                done.unreadable += 1
                continue
            files.append(NewFile(tree_path(version.path), content, version.mode or 0))
            versions.append(version)
        if versions:
            done.versions += len(versions)
            left = ArchivedEvent(event.operation, tuple(versions))
            yield NewCommit(left.time, left.author, message_of(left, _stamp), files)


def import_export(history: History, directory: Path) -> AbsorbResult:
    """Add what an export has more than the history.

    Args:
        history: The history to add to.
        directory: What `export_history` wrote.

    Raises:
        MemorydError: If it is no export, or git cannot be asked, or it cannot be recorded.
    """
    top = os.path.realpath(directory)
    done = AbsorbResult()
    events: list[tuple[str, ArchivedEvent]] = []
    for commit, message in messages_of(top):
        try:
            event = event_in(message, _seconds)
        except ValueError:
            done.unreadable += 1
            continue
        if event:
            events.append((commit, event))
    if not events and not done.unreadable:
        raise MemorydError(
            f"{directory} has no commit that memoryd exported",
            "name what `history export` wrote; `history import-git` reads the commits of a store",
        )
    added = history.import_events(_with_contents(top, events, done))
    added.unreadable += done.unreadable
    return added


def _with_contents(
    top: str, events: list[tuple[str, ArchivedEvent]], done: AbsorbResult
) -> Iterator[tuple[ArchivedEvent, list[bytes | None]]]:
    """Yield events with their contents, without versions whose content is missing or another one."""
    wanted = [
        (commit, tree_path(version.path))
        for commit, event in events
        for version in event.versions
        if version.digest
    ]
    contents = committed(top, wanted)
    for _, event in events:
        versions = []
        found: list[bytes | None] = []
        for version in event.versions:
            content = next(contents) if version.digest else None
            if version.digest and (content is None or sha256(content).hexdigest() != version.digest):
                done.unreadable += 1
                continue
            versions.append(version)
            found.append(content)
        if versions:
            yield ArchivedEvent(event.operation, tuple(versions)), found


def _stamp(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds")


def _seconds(text: str) -> float:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment.timestamp()
