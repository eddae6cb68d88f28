"""Plans applied: refused, recorded, written and settled."""

import os
import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from itertools import groupby

from memoryd import beneath
from memoryd.adapters import edits
from memoryd.adapters.history import BusyError, History
from memoryd.adapters.stores import files
from memoryd.domain.edits.plan import JOIN, MOVE, RESOLVE, SYNC, Applicability, FileChange, Fix, Plan, digest
from memoryd.domain.edits.sources import with_sources
from memoryd.domain.history.versions import RESCUE, Operation
from memoryd.errors import ConflictError, MemorydError, RefusedError

_LOSSLESS = frozenset({"compact"})  # causes whose plans must prove that they lose nothing
_WAY_BACK = frozenset({"restore", "undo"})  # causes that replace any content by a recorded one
_ANY_CONTENT = _WAY_BACK | {JOIN, MOVE, RESOLVE, SYNC}  # causes that write content as it was somewhere
_UNFINISHED = "intent"
_TRIES = 3  # to restore late lines while another program writes


def apply(plan: Plan, history: History, *, undoes: Operation | None = None) -> int:
    """Apply a plan as one recorded operation, completely or not at all.

    Args:
        plan: The changes to apply.
        history: Records intent and outcome; without it nothing is edited.
        undoes: The operation that this plan undoes.

    Returns:
        The operation's id.

    Raises:
        RefusedError: If a file is of a kind that is never rewritten, or a proof is missing.
        ConflictError: If a file has changed since the plan was made.
        BusyError: If another process applies an operation.
    """
    _demand_proof(plan)
    with _telling(), history.turn():
        _recover({change.root for change in plan.changes}, history)
        return _apply(plan, history, undoes)


def _apply(plan: Plan, history: History, undoes: Operation | None = None) -> int:
    real_roots = _real_roots(plan.changes)
    for change in plan.changes:
        if plan.cause in _ANY_CONTENT and change.before is None:
            _make_directories(change)
        edits.refuse(change, any_content=plan.cause in _ANY_CONTENT)
        edits.check(change, real_roots[change.root])
    plan = with_sources(_with_modes(plan))
    operation = history.begin(plan, undoes=undoes.id if undoes else None)
    displaced: list[edits.DisplacedFile] = []
    begun: list[FileChange] = []
    try:
        for _, phase in groupby(_additions_first(plan.changes), _phase):
            for earlier in begun:  # added lines must still exist before a file shrinks
                edits.check(earlier.inverse, real_roots[earlier.root])
            for change in phase:
                begun.append(change)  # even a failed write may be visible
                try:
                    displaced += filter(None, [edits.write(change, operation, real_roots[change.root])])
                except edits.UnwrittenError:
                    begun.pop()
                    raise
    except BaseException as error:
        back, status = _take_back(begun, operation, real_roots)
        conflict = isinstance(error, ConflictError) and status == "aborted"
        history.finish(operation, "conflict" if conflict else status)
        _settle(displaced + back, history)
        _settle_leftovers({change.root for change in plan.changes}, history)
        raise
    history.finish(operation, "done")
    _settle(displaced, history)
    return operation


def recover(roots: Iterable[str], history: History) -> int:
    """Clean up after a killed process; return the number of operations and files handled.

    An unfinished operation is undone, unless a file was written since: then its additions stay. The content
    of a leftover is recorded before it is removed. While another process applies an operation, nothing is
    done.
    """
    try:
        with _telling(), history.turn(patience=0):
            return _recover(roots, history)
    except BusyError:
        return 0


def _recover(roots: Iterable[str], history: History) -> int:
    treated = 0
    places = set(roots)
    for operation in history.unfinished():
        changes = _additions_first(history.plan(operation).changes)
        places |= {change.root for change in changes}
        real_roots = _real_roots(changes)
        try:
            done = all(_is_before(change.inverse, real_roots) for change in changes)
        except OSError:  # the disk fails: try again later
            continue
        if done:
            history.finish(operation.id, "done")
        else:
            back, status = _take_back(changes, operation.id, real_roots)
            history.finish(operation.id, status)
            _settle(back, history)
            if status == _UNFINISHED:
                continue
        treated += 1
    return treated + _settle_leftovers(places, history)


def _demand_proof(plan: Plan) -> None:
    for fix in plan.fixes:
        if plan.cause in _LOSSLESS and (fix.proof is None or fix.proof.digest != digest(fix.changes)):
            raise RefusedError(
                f'"{fix.title}" has no proof that it loses nothing', "this is a bug: report it"
            )


def _make_directories(change: FileChange) -> None:
    try:
        edits.make_directories(change)
    except OSError as error:
        raise MemorydError(
            f"cannot create {error.filename}: {error.strerror}", "no file was changed"
        ) from error


def _with_modes(plan: Plan) -> Plan:
    """Return a plan with the permissions of the files that it changes, so that they can be restored."""
    fixes = (
        replace(
            fix, changes=tuple(replace(each, mode=files.mode(each.path) or each.mode) for each in fix.changes)
        )
        for fix in plan.fixes
    )
    return replace(plan, fixes=tuple(fixes))


def _additions_first(changes: Iterable[FileChange]) -> list[FileChange]:
    """Return new and grown files before any that shrinks, so that each line is always in some file."""
    return sorted(changes, key=lambda change: (_phase(change), change.path))


def _phase(change: FileChange) -> int:
    """Return 0 for a change that only adds, 1 for one that rewrites, 2 for one that deletes."""
    return 0 if change.only_adds else 2 if change.after is None else 1


def _real_roots(changes: Iterable[FileChange]) -> dict[str, str]:
    """Return the real roots of stores, resolved once, so that none is replaced by another meanwhile."""
    return {root: os.path.realpath(root) for root in {change.root for change in changes}}


def _take_back(
    changes: Iterable[FileChange], operation: int, real_roots: Mapping[str, str]
) -> tuple[list[edits.DisplacedFile], str]:
    """Undo changes of a failed operation, the last one first.

    A version written by another program since stays, and so do earlier additions to that store, which may
    be the only copy of a line. The same applies while the disk fails.

    Returns:
        The displaced files, and the operation's status: `intent` if it must be tried again.
    """
    displaced: list[edits.DisplacedFile] = []
    stuck: dict[str, str] = {}
    backwards = list(reversed(list(changes)))
    for root in {change.root for change in backwards}:
        edits.drop_second_names(root)
    for change in backwards:
        if change.root in stuck:
            continue
        try:
            if not _is_before(change, real_roots):
                displaced += filter(None, [edits.write(change.inverse, operation, real_roots[change.root])])
        except ConflictError:
            stuck[change.root] = "conflict"
        except OSError:
            stuck[change.root] = _UNFINISHED
    if _UNFINISHED in stuck.values():
        return displaced, _UNFINISHED
    return displaced, "conflict" if stuck else "aborted"


def _settle(displaced: Collection[edits.DisplacedFile], history: History) -> None:
    """Remove replaced files once no program writes to them; restore lines that came late.

    A file that cannot be read, recorded or removed stays as a leftover, to be settled later.
    """
    for each in displaced:
        with suppress(OSError, MemorydError):
            if (late := each.settle(partial(_record, history, each.change))) is not None:
                _rescue(each, late, history)
    for directory in {os.path.dirname(each.path) for each in displaced}:
        with suppress(OSError):
            beneath.sync_directory(directory)  # else a power cut brings the removed files back


def _record(history: History, change: FileChange, content: bytes | None) -> None:
    history.observe(change.root, [(change.path, content)])


def _rescue(displaced: edits.DisplacedFile, late: bytes, history: History) -> None:
    """Restore lines that came late; if that fails, the history has them."""
    change = displaced.change
    for _ in range(_TRIES):
        visible = files.content(change.path, os.path.realpath(change.root))
        _record(history, change, visible)
        if visible is None:
            return
        sides = (change.before, change.after, displaced.held, visible)
        known = {line for side in sides if side for line in side.split(b"\n")}
        lines = [line for line in late.split(b"\n") if line not in known and line.strip()]
        if not lines:
            return
        gap = b"" if visible.endswith(b"\n") or not visible else b"\n"
        after = visible + gap + b"\n".join(lines) + b"\n"
        rescue = FileChange(change.root, change.path, visible, after)
        fix = Fix("restore lines written meanwhile", Applicability.SAFE, (rescue,))
        try:
            _apply(Plan(RESCUE, (fix,)), history)
        except ConflictError:
            continue
        return


def _settle_leftovers(roots: Iterable[str], history: History) -> int:
    """Settle the leftovers in stores; return how many were removed."""
    treated = 0
    for root in sorted(roots):
        for path, target, operation in edits.leftovers(root):
            left = _left_behind(root, path, target, history.operation(operation), history)
            _settle([left] if left else [], history)
            treated += not os.path.lexists(path)
    return treated


def _left_behind(
    root: str, path: str, target: str, operation: Operation | None, history: History
) -> edits.DisplacedFile | None:
    """Return the displaced file that a leftover is, or the new file that was never finished."""
    try:
        content = files.content(path, os.path.realpath(root))
        status = os.lstat(path)
    except (OSError, files.UnreadableError):
        return None
    if content is None:
        return None
    changes = history.plan(operation).changes if operation else ()
    change = next((change for change in changes if _is_left_of(path, change)), None)
    if change is None:  # from another history: it can only be recorded
        change = FileChange(root, target, content, content)
        _record(history, change, content)
        with suppress(files.UnreadableError):
            _record(history, change, files.content(target, os.path.realpath(root)))
    sides = [side for side in (change.before, change.after) if side is not None]
    ours = any(side.startswith(content) for side in sides)
    since = time.monotonic() - max(time.time() - status.st_ctime, 0)
    return edits.DisplacedFile(change, path, content if ours else sides[0], since)


def _is_left_of(path: str, change: FileChange) -> bool:
    """Return whether a left-over is beside the file of a change."""
    directory, name = os.path.split(path)
    above, target = os.path.split(change.path)
    return edits.is_beside(name, target) and os.path.realpath(directory) == os.path.realpath(above)


def _is_before(change: FileChange, real_roots: Mapping[str, str]) -> bool:
    """Return whether a file is as a change expects it.

    Raises:
        OSError: If it cannot be read.
    """
    try:
        edits.check(change, real_roots[change.root])
    except ConflictError:
        return False
    return True


@contextmanager
def _telling() -> Iterator[None]:
    """Turn a disk error into one sentence for the person."""
    try:
        yield
    except OSError as error:
        raise MemorydError(
            f"cannot write {error.filename}: {error.strerror}",
            "the operation is undone, now or when memoryd runs again",
        ) from error
