"""Plans that move whole stores."""

import os
import shlex
from collections.abc import Iterable
from contextlib import suppress

from memoryd import beneath
from memoryd.adapters import edits
from memoryd.adapters.stores import files
from memoryd.domain.edits.plan import MOVE, Applicability, FileChange, Fix, Plan
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError

_MOST_NAMED = 3
_BY_HAND = "move it yourself, then run this again"


def plan_move(pairs: Iterable[tuple[str, str]]) -> Plan:
    """Plan to move every file of each store to another directory.

    Files that are there already with the same content are only removed from the old place.

    Args:
        pairs: Absolute paths of stores, each with the path of the store that takes its place.

    Raises:
        MemorydError: If a store holds something that cannot be moved, or both hold memory that differs.
    """
    return Plan(MOVE, tuple(fix for old, new in pairs for fix in _fix(old, new)))


def remove_emptied(plan: Plan) -> None:
    """Remove the directories that a move has emptied; nothing before it was applied."""
    gone = [change for change in plan.changes if change.after is None]
    if any(os.path.lexists(change.path) for change in gone):
        return
    for root in {change.root for change in gone}:
        for directory, _ in sorted(beneath.walk(root), reverse=True):
            with suppress(OSError):  # it is not empty
                os.rmdir(directory)


def _fix(old: str, new: str) -> list[Fix]:
    moving, present = contents_of(old), contents_of(new) if os.path.isdir(new) else {}
    differing = sorted(path for path, content in present.items() if moving.get(path) != content)
    if differing:
        more = f" and {len(differing) - _MOST_NAMED} more" if len(differing) > _MOST_NAMED else ""
        raise MemorydError(
            f"both {old} and {new} hold memory, and it differs: {', '.join(differing[:_MOST_NAMED])}{more}",
            f"memoryd join {shlex.quote(old)} --into {shlex.quote(new)}",
        )
    removed = [FileChange(old, f"{old}/{path}", content, None) for path, content in moving.items()]
    created = [
        FileChange(new, f"{new}/{path}", None, content, files.mode(f"{old}/{path}"), (f"{old}/{path}",))
        for path, content in moving.items()
        if path not in present
    ]
    title = f"move {counted(len(moving), 'file', 'files')} to {new}"
    return [Fix(title, Applicability.UNSAFE, (*removed, *created))] if moving else []


def contents_of(root: str) -> dict[str, bytes]:
    """Return every file of a directory with its content, by relative path.

    Raises:
        MemorydError: If something in it is not a plain file of a size that is written.
    """
    found: dict[str, bytes] = {}
    ours = {path for path, _, _ in edits.leftovers(root)}
    for _, entries in beneath.walk(root):
        for entry in entries:
            if entry.path in ours:
                continue
            if entry.is_symlink() or not entry.is_file():
                raise MemorydError(
                    f"{entry.path} is not a plain file", "move it yourself, then run this again"
                )
            if entry.stat().st_size > edits.MOST_BYTES:
                raise MemorydError(
                    f"{entry.path} is larger than {edits.MOST_BYTES // 2**20} MiB",
                    _BY_HAND,
                )
            found[os.path.relpath(entry.path, root)] = files.read(entry.path, os.path.realpath(root))
    return dict(sorted(found.items()))
