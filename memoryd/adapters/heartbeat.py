"""The daemon's sign of life: `status.json` beside its lock."""

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

VERSION = 1  # of the shape of status.json


@dataclass(frozen=True, slots=True)
class Trouble:
    """An error that was logged: the name of its event, when (ISO 8601, UTC), and one sentence."""

    event: str
    at: str
    reason: str


@dataclass(frozen=True, slots=True)
class Polled:
    """A directory that cannot be watched, and why."""

    directory: str
    reason: str


@dataclass(frozen=True, slots=True)
class Enforced:
    """What becomes of a store whose index file is over its limit.

    Attributes:
        store: Absolute path of the store.
        state: `waiting` for quiet, or for the hour after the last rewrite; `conflict`: agents wrote into
            rewrites; `left_alone`: somebody took its compaction back; `over_limit`: a person has to help.
        until: When that is looked at again, ISO 8601, UTC; None where only a change of the store helps.
    """

    store: str
    state: str
    until: str | None


@dataclass(frozen=True, slots=True)
class DaemonStatus:
    """What a daemon says of itself; times are ISO 8601 in UTC.

    Attributes:
        version: Of this shape.
        pid: Its process.
        started: When it began.
        heartbeat: When it last wrote this: every minute at least, while its worker lives.
        mode: `starting`, `watching`, `polling` (some directories at least) or `stopping`.
        stores: How many it looks after.
        files: How many files there are in them.
        pending: How many stores changed and are not read yet.
        last_scan: When everything was last looked at.
        last_error: The last error that was logged.
        polled: Directories that cannot be watched.
        enforce: Stores over their limit, and why they still are.
        last_operation: Number of its last operation.
    """

    version: int
    pid: int
    started: str
    heartbeat: str
    mode: str
    stores: int
    files: int
    pending: int
    last_scan: str | None
    last_error: Trouble | None
    polled: tuple[Polled, ...]
    enforce: tuple[Enforced, ...]
    last_operation: int | None


def read_status(path: Path) -> DaemonStatus | None:
    """What the daemon said last, or None where there is nothing that can be understood."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            values = json.load(file)
        return _status(values) if values["version"] == VERSION else None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _status(values: dict[str, Any]) -> DaemonStatus:
    known = {field.name: values[field.name] for field in fields(DaemonStatus)}
    trouble = known["last_error"]
    return DaemonStatus(
        **known
        | {
            "last_error": None if trouble is None else Trouble(**trouble),
            "polled": tuple(Polled(**each) for each in known["polled"]),
            "enforce": tuple(Enforced(**each) for each in known["enforce"]),
        }
    )
