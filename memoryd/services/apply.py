"""Carry out plans: refuse, record, write, settle."""

import os
import time
from collections.abc import Iterable
from itertools import groupby

from memoryd.adapters import files, writing
from memoryd.adapters.history import BusyError, History, Operation
from memoryd.domain.edits import Applicability, FileChange, Fix, Plan, digest
from memoryd.errors import ConflictError, MemorydError, RefusedError

_LOSSLESS = frozenset({"compact"})  # causes that promise to lose nothing, and must prove it
_TRIES = 3  # at bringing late lines back while somebody writes


def apply(plan: Plan, history: History, *, undoes: Operation | None = None) -> int:
    """Carry out a plan as one recorded operation; all of it or nothing.

    Args:
        plan: What to do.
        history: Records intent and outcome; without it nothing is edited.
        undoes: The operation that this plan takes back.

    Returns:
        The operation's id.

    Raises:
        RefusedError: If a file is of a kind that is never rewritten, or a proof is missing.
        ConflictError: If a file is not what the plan was made for.
        BusyError: If another process carries out an operation.
    """
    _demand_proof(plan)
    with history.turn():
        _recover({change.root for change in plan.changes}, history)
        return _apply(plan, history, undoes)


def _apply(plan: Plan, history: History, undoes: Operation | None = None) -> int:
    for change in plan.changes:
        writing.refuse(change)
        writing.check(change)
    operation = history.begin(plan, undoes=undoes.id if undoes else None)
    displaced: list[writing.Displaced] = []
    begun: list[FileChange] = []
    try:
        for _, phase in groupby(_additions_first(plan.changes), _phase):
            for earlier in begun:  # what was added must be there still before anything shrinks
                writing.check(earlier.inverse)
            for change in phase:
                begun.append(change)
                displaced += filter(None, [writing.write(change, operation)])
    except BaseException as error:
        last = begun[-1:]  # may have failed after it was visible
        certain = begun[:-1] + [change for change in last if _content(change.path) == change.after]
        back, stuck = _take_back(certain, operation)
        conflict = stuck or isinstance(error, ConflictError)
        history.finish(operation, "conflict" if conflict else "aborted")
        _settle(displaced + back, history)
        _settle_leftovers({change.root for change in plan.changes}, history)
        if isinstance(error, OSError):
            raise MemorydError(
                f"cannot write {error.filename}: {error.strerror}", "nothing was changed"
            ) from error
        raise
    history.finish(operation, "done")
    _settle(displaced, history)
    return operation


def undo(history: History, identity: int | None) -> tuple[Operation, Plan, int]:
    """Take an operation back, as an operation of its own.

    Args:
        history: Where it is recorded.
        identity: Its id; None for the newest that is not taken back yet.

    Returns:
        The operation, the plan that took it back, and the id of that.

    Raises:
        MemorydError: If there is none, or it changed nothing.
        ConflictError: If a file is not as the operation left it.
    """
    operation = history.last_to_undo() if identity is None else history.operation(identity)
    if operation is None:
        what = "nothing to undo" if identity is None else f"there is no operation {identity}"
        raise MemorydError(
            what, "operations are made by `memoryd compact --apply`, `memoryd check --fix` and the daemon"
        )
    if operation.status != "done":
        raise MemorydError(f"operation {operation.id} changed nothing: it ended as “{operation.status}”")
    plan = history.plan(operation).inverse()
    try:
        return operation, plan, apply(plan, history, undoes=operation)
    except ConflictError as error:
        raise ConflictError(
            f"operation {operation.id} cannot be taken back: {error.message}",
            "every version is in the history; undo later operations first",
        ) from error


def recover(roots: Iterable[str], history: History) -> int:
    """Treat what a killed process left behind; returns how many operations and files were treated.

    An operation caught in between is taken back, unless somebody has written since: then what it has
    added stays. What a left-over holds is recorded before it is removed. While another process
    carries out an operation nothing is done.
    """
    try:
        with history.turn(patience=0):
            return _recover(roots, history)
    except BusyError:
        return 0


def _recover(roots: Iterable[str], history: History) -> int:
    treated = 0
    places = set(roots)
    for operation in history.unfinished():
        changes = _additions_first(history.plan(operation).changes)
        places |= {change.root for change in changes}
        if all(_content(change.path) == change.after for change in changes):
            history.finish(operation.id, "done")
        else:
            back, stuck = _take_back(changes, operation.id)
            history.finish(operation.id, "conflict" if stuck else "aborted")
            _settle(back, history)
        treated += 1
    return treated + _settle_leftovers(places, history)


def _demand_proof(plan: Plan) -> None:
    for fix in plan.fixes:
        if plan.cause in _LOSSLESS and (fix.proof is None or fix.proof.digest != digest(fix.changes)):
            raise RefusedError(
                f"“{fix.title}” comes without a proof that it loses nothing", "this is a bug: report it"
            )


def _additions_first(changes: Iterable[FileChange]) -> list[FileChange]:
    """New and grown files before any that shrinks: at no moment is a line in no file."""
    return sorted(changes, key=lambda change: (_phase(change), change.path))


def _phase(change: FileChange) -> int:
    """0 for what only adds, 1 for what rewrites, 2 for what deletes."""
    return 0 if change.only_adds else 2 if change.after is None else 1


def _take_back(changes: Iterable[FileChange], operation: int) -> tuple[list[writing.Displaced], bool]:
    """Undo changes of a failed operation, the last first.

    Where somebody has written since, his version stays, and so does what was added to that store
    before: it may be the only place of a line.

    Returns:
        The displaced files, and whether anything stays.
    """
    displaced: list[writing.Displaced] = []
    stuck: set[str] = set()
    for change in reversed(list(changes)):
        if change.root in stuck or _content(change.path) == change.before:
            continue
        try:
            displaced += filter(None, [writing.write(change.inverse, operation)])
        except (ConflictError, OSError):
            stuck.add(change.root)
    return displaced, bool(stuck)


def _settle(displaced: Iterable[writing.Displaced], history: History) -> None:
    """Remove swapped-out files once nobody writes to them; bring back lines that came late."""
    for each in displaced:
        late = each.settle()
        if late is not None:
            history.observe([(each.change.path, late)])
            _rescue(each, late, history)


def _rescue(displaced: writing.Displaced, late: bytes, history: History) -> None:
    """Bring back lines that came late; where that fails, the history has them."""
    change = displaced.change
    for _ in range(_TRIES):
        visible = _content(change.path)
        history.observe([(change.path, visible)])
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
        fix = Fix("bring back lines written meanwhile", Applicability.SAFE, (rescue,))
        try:
            _apply(Plan("rescue", (fix,)), history)
        except ConflictError:
            continue
        except MemorydError:
            return
        return


def _settle_leftovers(roots: Iterable[str], history: History) -> int:
    """Treat the left-overs in stores; returns how many are gone."""
    treated = 0
    for root in sorted(roots):
        for path, target, operation in writing.leftovers(root):
            left = _left_behind(root, path, target, history.operation(operation), history)
            _settle([left] if left else [], history)
            treated += not os.path.lexists(path)
    return treated


def _left_behind(
    root: str, path: str, target: str, operation: Operation | None, history: History
) -> writing.Displaced | None:
    """A left-over as what it was: a displaced file, or a new one that was never finished."""
    content = _content(path)
    if content is None:
        return None
    changes = history.plan(operation).changes if operation else ()
    place = os.path.realpath(target)
    change = next((change for change in changes if os.path.realpath(change.path) == place), None)
    if change is None:  # of another history: all there is to do is to record it
        history.observe([(target, content), (target, _content(target))])
        change = FileChange(root, target, content, content)
    sides = [side for side in (change.before, change.after) if side is not None]
    ours = any(side.startswith(content) for side in sides)
    since = time.monotonic() - max(time.time() - os.stat(path).st_ctime, 0)
    return writing.Displaced(change, path, content if ours else sides[0], since)


def _content(path: str) -> bytes | None:
    try:
        return files.read(path)
    except files.UnreadableError:
        return None
