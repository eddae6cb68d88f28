"""Changes of files, from the raw output of `git log`."""

import os
from collections.abc import Iterator
from datetime import date

from memoryd.domain.git.evidence import Commit
from memoryd.values import dataclass, regex

RAW = ("--raw", "-z", "--format=%H %h %cs")
"""Arguments that make git write what `changes` reads."""

_COMMIT = regex(rb"([0-9a-f]{40,64}) ([0-9a-f]{4,64}) (\d{4}-\d\d-\d\d)")
_CHANGE = regex(rb":[0-7]{6} [0-7]{6} ([0-9a-f]+)\.* [0-9a-f]+\.* ([A-Z])(\d*)")
_WHOLLY = b"100"


@dataclass(frozen=True, slots=True)
class Change:
    """A file that a commit added, changed, renamed or deleted.

    Attributes:
        commit: Which commit, and its day.
        id: The whole id of the commit.
        kind: `A`, `M`, `D`, `R` and so on, as git writes it.
        blob: Id of the content before, as many digits of it as were asked for.
        path: The path before, relative to the working tree.
        renamed: The path that it got, or "".
        exactly: A rename changed nothing in it.
    """

    commit: Commit
    id: str
    kind: str
    blob: str
    path: str
    renamed: str = ""
    exactly: bool = False


def changes(answer: bytes) -> Iterator[Change]:
    """Yield the changes of a log, in its order; what cannot be read is left out.

    Names come from whoever made the commits: those that lead out of the working tree are left out.
    """
    commit, full = None, ""
    parts = iter(answer.split(b"\0"))
    for part in parts:
        if change := _CHANGE.fullmatch(part.lstrip(b"\n")):
            blob, kind, score = change.groups()
            path = next(parts, b"")
            renamed = next(parts, b"") if kind in b"RC" else b""
            if commit and is_inside(path) and (not renamed or is_inside(renamed)):
                yield Change(
                    commit, full, kind.decode(), blob.decode(), os.fsdecode(path), os.fsdecode(renamed),
                    kind == b"R" and score == _WHOLLY,
                )  # fmt: skip
        elif found := _COMMIT.fullmatch(part.lstrip(b"\n")):
            full = found[1].decode()
            commit = _commit(found[2].decode(), found[3].decode())
        elif part.strip():
            commit = None  # its date is of no calendar


def is_inside(name: bytes) -> bool:
    """Return whether a name that git gives stays below the working tree."""
    return bool(name) and not name.startswith(b"/") and b".." not in name.split(b"/")


def _commit(name: str, day: str) -> Commit | None:
    try:
        return Commit(name, date.fromisoformat(day))
    except ValueError:
        return None
