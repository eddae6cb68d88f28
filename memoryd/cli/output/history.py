"""Size and alarms of the history, as text and JSON."""

import shlex
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import relative, short
from memoryd.domain.history.lost_lines import Sign
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from memoryd.domain.history.lost_lines import Alarm, Loss
    from memoryd.domain.history.returned import ReturnedLines
    from memoryd.domain.history.size import HistorySize


def size_line(size: "HistorySize | None") -> list[str]:
    """Return one line about the size of the history; none if there is no history."""
    return [f"history: {size.sentence}"] if size else []


def as_json(size: "HistorySize | None") -> dict[str, object]:
    """Return the same as an object, with `null` for what is not known."""
    return {"bytes": size and size.total, "bytes_a_day": size and round(size.growth)}


def alarm_line(alarm: "Alarm") -> str:
    """Return where something was lost, what was, and the commands that restore it or end the alarm."""
    path = _quoted(alarm.path)
    return (
        f"{short(alarm.path)}: {_happened(alarm)}; `memoryd restore --lost {path}` restores "
        f"{'it' if alarm.files + alarm.lines == 1 else 'them'} (alarm {alarm.id}; memoryd dismiss {alarm.id})"
    )


def loss_sentence(loss: "Loss") -> str:
    """Return what a version dropped, and how to restore it."""
    count = len(loss.entries)
    if loss.dropped_by.digest is None:
        what = f"one of the files that disappeared at once, with {counted(count, 'line', 'lines')}"
    else:
        what = _dropped(loss.sign, count)
    return (
        f"{what}; `memoryd restore --lost {_quoted(loss.had.path)}` restores {'it' if count == 1 else 'them'}"
    )


def returned_sentence(returned: "ReturnedLines") -> str:
    """Return what a version brought back, and what had removed it."""
    removed = returned.removed_by
    lines = counted(len(returned.entries), "line", "lines")
    by = f"operation {removed.operation}" if removed.operation else f"version @{removed.number}"
    return f"a write from an outdated copy brought back {lines} that {by} removed"


def alarm_as_json(alarm: "Alarm") -> dict[str, object]:
    """Return an alarm as in `status --json`."""
    return {
        "id": alarm.id,
        "sign": alarm.sign,
        "time": datetime.fromtimestamp(alarm.time, UTC).isoformat(timespec="seconds"),
        "store": relative(alarm.root),
        "path": relative(alarm.path),
        "files": alarm.files,
        "lines": alarm.lines,
        "store_missing": alarm.is_store_missing,
    }


def _happened(alarm: "Alarm") -> str:
    if not alarm.files:
        return _dropped(alarm.sign, alarm.lines)
    files, lines = counted(alarm.files, "file", "files"), counted(alarm.lines, "line", "lines")
    if alarm.is_store_missing:
        return f"all {files} of the store disappeared, with {lines}"
    return f"{files} disappeared at once, with {lines}"


def _dropped(sign: "Sign", count: int) -> str:
    lines = counted(count, "line", "lines")
    if sign is Sign.STALE:
        return f"a write from an outdated copy removed {lines} added shortly before"
    if sign is Sign.UNSEEN:
        return f"a write from the loaded part of the file removed {lines} that its writer was not shown"
    return f"one write removed most of the file: {lines}"


def _quoted(path: str) -> str:
    return shlex.quote(path) if shlex.quote(path) != path else short(path)
