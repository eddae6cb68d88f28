"""Status file and metrics of the daemon, written and read."""

import json
import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import MISSING, asdict, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from memoryd import private
from memoryd.adapters.daemon.prompt import running_pid
from memoryd.domain.daemon.state import DaemonState, DaemonStatus, EnforcementState, PolledDirectory, Trouble

VERSION = 1  # of the format of status.json

# Name, kind and meaning of each metric; the values are in the order of this table.
METRICS = (
    ("memoryd_start_time_seconds", "gauge", "When the daemon started, seconds since the epoch."),
    ("memoryd_heartbeat_time_seconds", "gauge", "When the daemon was last alive, seconds since the epoch."),
    ("memoryd_last_scan_time_seconds", "gauge", "When the last full scan ended; 0 before the first."),
    ("memoryd_stores", "gauge", "Memory stores looked after."),
    ("memoryd_files", "gauge", "Memory files in them."),
    ("memoryd_pending_stores", "gauge", "Stores that changed and are not read yet."),
    ("memoryd_polled_directories", "gauge", "Directories that cannot be watched and are polled."),
    ("memoryd_over_limit_stores", "gauge", "Stores whose index file is over its limit and stays so for now."),
    ("memoryd_loss_alarms", "gauge", "Losses that are neither restored nor dismissed."),
    ("memoryd_scans_total", "counter", "Full scans."),
    ("memoryd_indexed_files_total", "counter", "Files read because they had changed."),
    ("memoryd_operations_total", "counter", "Operations on memory files."),
    ("memoryd_conflicts_total", "counter", "Operations given up because an agent was writing."),
    ("memoryd_doubts_total", "counter", "Times that events may have been missed."),
    ("memoryd_errors_total", "counter", "Errors logged."),
)


def write_status(path: Path, status: DaemonStatus) -> None:
    """Replace the status file in one step, readable only by its owner.

    Raises:
        OSError: If the file cannot be written.
    """
    text = json.dumps(asdict(status), indent=1) + "\n"
    private.replace_file(path, text.encode("ascii"))


def write_prompt(path: Path, line: str) -> None:
    """Replace the line for prompts in one step, readable only by its owner.

    Raises:
        OSError: If the file cannot be written.
    """
    private.replace_file(path, f"{line}\n".encode("ascii"))


def write_status_line(path: Path, lines: Mapping[str, str]) -> None:
    """Replace the lines of all projects in one step, readable only by its owner.

    Args:
        path: The file.
        lines: A line for the directory of each project.

    Raises:
        OSError: If the file cannot be written.
    """
    rows = (
        os.fsencode(as_json(place)) + b"\t" + line.encode()
        for place, line in sorted(lines.items())
        if place.isprintable()
    )
    private.replace_file(path, b"".join(row + b"\n" for row in rows))


def as_json(path: str) -> str:
    """Return a path as it is inside of a JSON string of the client."""
    return path.replace("\\", "\\\\").replace('"', '\\"')


def read_status(path: Path) -> DaemonStatus | None:
    """Return the last status of the daemon, or None if there is none that can be read."""
    try:
        with open(path, encoding="utf-8") as file:
            values = json.load(file)
        return _status(values) if values["version"] == VERSION else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def read_state(lock: Path, status: Path, now: datetime) -> DaemonState:
    """Return the state of the daemon.

    Args:
        lock: The lock that a running daemon holds.
        status: Its status file.
        now: The present.
    """
    return DaemonState(running_pid(lock), read_status(status), _modified(lock), now)


def _modified(path: Path) -> datetime | None:
    try:
        return datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except OSError:
        return None


def _status(values: dict[str, Any]) -> DaemonStatus:
    known = {
        field.name: values[field.name]
        for field in fields(DaemonStatus)
        if field.name in values or field.default is MISSING  # an older daemon may leave out the others
    }
    trouble = known["last_error"]
    return DaemonStatus(
        **known
        | {
            "last_error": None if trouble is None else Trouble(**trouble),
            "polled": tuple(PolledDirectory(**each) for each in known["polled"]),
            "outside": tuple(known["outside"]),
            "enforce": tuple(EnforcementState(**each) for each in known["enforce"]),
        }
    )


def write_metrics(path: Path, values: Mapping[str, float], version: str) -> None:
    """Replace the metrics file in one step by these values, in the text format of Prometheus.

    Raises:
        OSError: If the file cannot be written.
    """
    lines = ["# HELP memoryd_info Version of the daemon.", "# TYPE memoryd_info gauge"]
    lines.append(f'memoryd_info{{version="{version}"}} 1')
    for name, kind, meaning in METRICS:
        lines += [f"# HELP {name} {meaning}", f"# TYPE {name} {kind}", f"{name} {values[name]!r}"]
    text = "\n".join(lines) + "\n"
    private.replace_file(path, text.encode("ascii"), 0o644)  # the collector is another user


def remove(path: Path) -> None:
    """Remove a file, if it exists and that is possible."""
    with suppress(OSError):
        path.unlink()
