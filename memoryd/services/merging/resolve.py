"""Files that git could not merge, merged by entry."""

import os
from pathlib import Path

from memoryd.adapters.edits import MOST_BYTES
from memoryd.adapters.git.repository import GitError, top_of
from memoryd.adapters.git.unmerged import unmerged_file
from memoryd.adapters.history import History
from memoryd.adapters.stores import files
from memoryd.domain.edits.plan import RESOLVE, Applicability, FileChange, Fix, Plan
from memoryd.domain.git.conflict_markers import sides
from memoryd.domain.merging.merge import MergedFile, merge_file
from memoryd.errors import MemorydError
from memoryd.services.edits import apply
from memoryd.services.merging.drive import demand_text
from memoryd.values import dataclass


@dataclass(frozen=True, slots=True)
class ResolvedFile:
    """A file that was merged; the operation is None where it had no conflict."""

    merged: MergedFile
    operation: int | None


def resolve(path: Path, history: History, *, strict: bool) -> ResolvedFile:
    """Merge a file that git left with conflicts, and write it as an operation that can be undone.

    Args:
        path: Absolute path of the file.
        history: Records the operation.
        strict: Mark what both sides edited differently as a conflict.

    Raises:
        MemorydError: If it cannot be read, merged or written.
    """
    root, real = str(path.parent), os.path.realpath(path.parent)
    try:
        content = files.read(str(path), real)
    except OSError as error:
        raise MemorydError(f"cannot read {path}: {error.strerror}", "name a file with conflicts") from error
    versions = _staged(real, path.name) or sides(content)
    if versions is None:
        return ResolvedFile(MergedFile(content), None)
    if max(map(len, versions)) > MOST_BYTES:
        raise MemorydError(f"{path} is larger than {MOST_BYTES // 2**20} MiB", "merge it by hand")
    demand_text(versions, str(path))
    merged = merge_file(*versions, strict=strict)
    if merged.content == content:
        return ResolvedFile(merged, None)
    change = FileChange(root, str(path), content, merged.content)
    fix = Fix(f"resolve {path.name}", Applicability.UNSAFE, (change,))
    return ResolvedFile(merged, apply(Plan(RESOLVE, (fix,)), history))


def _staged(directory: str, name: str) -> tuple[bytes, bytes, bytes] | None:
    """Return the three versions in git's index; None where it has none, or one side deleted the file."""
    top = top_of(directory)
    if not top:
        return None
    try:
        found = unmerged_file(top, os.path.relpath(f"{directory}/{name}", top))
    except GitError:
        return None
    if not found or found.ours is None or found.theirs is None:
        return None
    return found.base or b"", found.ours, found.theirs
