"""Plans that make one store of several."""

import os
from collections.abc import Iterable, Mapping

from memoryd.adapters.history import History
from memoryd.adapters.stores import files
from memoryd.domain.edits.plan import JOIN, Applicability, FileChange, Fix, Plan
from memoryd.domain.history.versions import state_at
from memoryd.domain.merging.merge import merge_file
from memoryd.domain.stores.claude_code import without_worktree
from memoryd.domain.text.phrases import counted
from memoryd.errors import MemorydError
from memoryd.services.stores.move_store import contents_of
from memoryd.values import dataclass

_END = float("inf")


@dataclass(frozen=True, slots=True)
class JoinPlan:
    """A plan that makes one store of several, and how many entries a person may want to look at."""

    plan: Plan
    doubts: int


def plan_join(sources: Iterable[str], target: str, history: History | None) -> JoinPlan:
    """Plan to take the memory of stores into another one, entry by entry.

    The stores are emptied, except those of worktrees, whose files belong to a branch, and deleted ones, of
    which the history has the last versions.

    Args:
        sources: Absolute paths of stores.
        target: Absolute path of the store that takes their memory.
        history: The recorded versions; None if there are none.

    Raises:
        MemorydError: If a store has nothing, or a file that is not text differs.
    """
    old = contents_of(target) if os.path.isdir(target) else {}
    new, doubts, removed = dict(old), 0, []
    origins: dict[str, tuple[str, ...]] = {}
    for source in sources:
        is_there = os.path.isdir(source)
        found = contents_of(source) if is_there else _recorded(source, history)
        if not found:
            raise MemorydError(f"{source} has no memory", "`memoryd log --all` lists what is recorded")
        for path, content in found.items():
            base = _common(history, f"{target}/{path}", f"{source}/{path}") if path in new else b""
            new[path], more = _merged(base, new.get(path), content, f"{source}/{path}")
            doubts += more
            if is_there:
                origins[path] = (*origins.get(path, ()), f"{source}/{path}")
        if is_there and without_worktree(source) == source:
            removed += [FileChange(source, f"{source}/{path}", each, None) for path, each in found.items()]
    changes = [
        FileChange(
            target, f"{target}/{path}", old.get(path), content, _mode(path, origins), origins.get(path, ())
        )
        for path, content in sorted(new.items())
        if content != old.get(path)
    ]
    title = f"took {counted(len(changes), 'file', 'files')} into {target}"
    fix = Fix(title, Applicability.UNSAFE, (*removed, *changes))
    return JoinPlan(Plan(JOIN, (fix,) if removed or changes else ()), doubts)


def _recorded(root: str, history: History | None) -> dict[str, bytes]:
    """Return the last recorded content of each file of a deleted store, by relative path."""
    if history is None:
        return {}
    versions = history.record(root)
    last = max((each.time for each in versions if each.digest is not None), default=0.0)
    before = [each for each in versions if each.digest is not None or each.time < last]
    contents = {path: history.content(each.digest) for path, each in state_at(before, _END).items()}
    return {os.path.relpath(path, root): each for path, each in contents.items() if each is not None}


def _common(history: History | None, target: str, source: str) -> bytes:
    """Return the newest content that two files have both had, or nothing."""
    if history is None:
        return b""
    theirs = {content for _, content in history.versions(source)}
    ours = [content for _, content in history.versions(target)]
    return next((each for each in reversed(ours) if each is not None and each in theirs), b"")


def _merged(base: bytes, ours: bytes | None, theirs: bytes, path: str) -> tuple[bytes, int]:
    """Return the content of a file of two stores, and how many of its entries both have changed."""
    if ours is None or ours == theirs:
        return theirs, 0
    try:
        for each in (ours, theirs):
            each.decode()
    except UnicodeDecodeError as error:
        raise MemorydError(
            f"{path} is not UTF-8 text, and another store has another version of it",
            "keep one of the two, then run this again",
        ) from error
    merged = merge_file(base, ours, theirs)
    return merged.content, len(merged.doubts) + len(merged.keys)


def _mode(path: str, origins: Mapping[str, tuple[str, ...]]) -> int | None:
    """Return the permission bits of the first file that becomes a new one."""
    return files.mode(origins[path][0]) if path in origins else None
