"""Output of an exchange."""

from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import emit, note, short
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from memoryd.services.sync.exchange import SyncResult
    from memoryd.services.sync.forgotten_texts import FollowedText

_MOST_NAMED = 3
KEY_IS_MISSING = (
    "this machine does not learn what others forget with --purge: run `memoryd sync key` on a machine that "
    "exchanged memory before, and `memoryd sync key -` here"
)
"""Advice for a machine without the key."""


def show_result(result: "SyncResult") -> None:
    """Print what an exchange did."""
    for each in result.forgotten:
        emit(f"{_forgotten(each)}\n")
    undo = f" (undo: memoryd undo {result.operations[-1]})" if result.operations else ""
    emit(
        f"sent {counted(result.sent, 'file', 'files')}, "
        f"received {counted(result.received, 'file', 'files')}{undo}\n"
    )
    if result.doubts:
        note(
            f"{counted(result.doubts, 'entry was', 'entries were')} changed on both sides; both versions stay"
        )
    _show_repository(result)
    for path in result.held:
        note(f"{short(path)} is not sent: it has a secret, or conflict markers (memoryd check {short(path)})")
    for problem in result.problems:
        note(f"not written, the next exchange tries again: {problem}")
    if result.lacks_key:
        note(KEY_IS_MISSING)
    if result.offline:
        note(f"offline: {result.offline}; the next exchange goes on")


def _show_repository(result: "SyncResult") -> None:
    """Print what happened to the repository."""
    if result.is_rewritten:
        note("the repository lacks what it had before: what either side has stays")
    if result.is_purged:
        note("all machines have forgotten a text: the history of the repository was removed")
    if result.refusal:
        note(f"all machines have forgotten a text, but the repository keeps its history: {result.refusal}")
    if result.faults:
        more = f" and {len(result.faults) - _MOST_NAMED} more" if len(result.faults) > _MOST_NAMED else ""
        names = ", ".join(result.faults[:_MOST_NAMED])
        note(f"ignored in the repository, since no machine with the key wrote it: {names}{more}")


def _forgotten(followed: "FollowedText") -> str:
    """Return what was removed because another machine has forgotten a text."""
    counts = followed.counts
    if not (counts.files or counts.versions or counts.operations):
        return f"forgot a text that {followed.machine} has forgotten: it was not here"
    return (
        f"forgot a text that {followed.machine} has forgotten: removed from "
        f"{counted(counts.files, 'file', 'files')}, {counted(counts.versions, 'version', 'versions')}"
        f" and {counted(counts.operations, 'operation', 'operations')}"
    )


def result_json(result: "SyncResult") -> dict[str, object]:
    """Return what an exchange did, as JSON."""
    return {
        "sent": result.sent,
        "received": result.received,
        "operations": result.operations,
        "doubts": result.doubts,
        "held": result.held,
        "problems": result.problems,
        "offline": result.offline or None,
        "replaced": result.is_rewritten,
        "forgotten": [
            {
                "id": each.text.id,
                "machine": each.machine,
                "files": each.counts.files,
                "versions": each.counts.versions,
                "operations": each.counts.operations,
            }
            for each in result.forgotten
        ],
        "purged": result.is_purged,
        "refusal": result.refusal or None,
        "lacks_key": result.lacks_key,
        "ignored": result.faults,
    }
