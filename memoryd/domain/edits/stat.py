"""Files and numbers of changed lines, instead of a diff."""

import posixpath
from collections import Counter
from collections.abc import Iterable

from memoryd.domain.edits.plan import FileChange
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted
from memoryd.domain.text.width import width

_MOST_SIGNS = 40
_LEAST_SIGNS = 10
_LEAST_NAME = 20


def stat(changes: Iterable[FileChange], relative_to: str, columns: int = 0) -> list[str]:
    """Return a line for each changed file, and the totals, as `git diff --stat` does.

    Args:
        changes: The changes.
        relative_to: The directory that paths are relative to.
        columns: Width of the terminal in cells, to which paths are cut at their start; 0 where there is none.
    """
    rows: list[tuple[str, int, int]] = []
    for change in changes:
        if change.before != change.after:
            name = visible_line(posixpath.relpath(change.path, relative_to))
            rows.append((name, *_counts(change)))
    if not rows:
        return []
    most = max(added + removed for _, added, removed in rows)
    digits = len(str(most))
    room = max(columns - digits - _LEAST_SIGNS - len("  |   "), _LEAST_NAME) if columns else 0
    rows = [(_end_of(name, room), added, removed) for name, added, removed in rows]
    widest = max(width(name) for name, _, _ in rows)
    signs = min(columns - widest - digits - len("  |   "), _MOST_SIGNS) if columns else _MOST_SIGNS
    lines = [
        f" {name}{' ' * (widest - width(name))} | {added + removed:>{digits}} "
        + _signs(added, removed, max(signs, 2) / max(most, 1))
        for name, added, removed in rows
    ]
    total = _total(len(rows), sum(added for _, added, _ in rows), sum(removed for _, _, removed in rows))
    return [*map(str.rstrip, lines), total]


def _total(files: int, added: int, removed: int) -> str:
    parts = [counted(files, "file changed", "files changed")]
    parts += [counted(added, "line added", "lines added")] * bool(added)
    parts += [counted(removed, "line removed", "lines removed")] * bool(removed)
    return f" {', '.join(parts)}"


def _end_of(name: str, room: int) -> str:
    """Return the end of a path that fits into so many cells."""
    if not room or width(name) <= room:
        return name
    while width(name) > room - 1:
        name = name[1:]
    return f"…{name}"


def _signs(added: int, removed: int, scale: float) -> str:
    """Return a plus for each added and a minus for each removed line, fewer where there are many."""
    scale = min(scale, 1.0)
    return "".join(
        sign * (max(round(count * scale), 1) if count else 0)
        for sign, count in (("+", added), ("-", removed))
    )


def _counts(change: FileChange) -> tuple[int, int]:
    """Return how many lines are added and removed; a moved line is neither."""
    before, after = (Counter(_lines(content)) for content in (change.before, change.after))
    return (after - before).total(), (before - after).total()


def _lines(content: bytes | None) -> list[bytes]:
    *lines, rest = (content or b"").split(b"\n")
    return lines + [rest] * bool(rest)
