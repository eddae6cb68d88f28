"""Carry out plans: refuse, record, write, settle."""

from collections.abc import Iterable

from memoryd.adapters import files, writing
from memoryd.adapters.history import History, Operation
from memoryd.domain.edits import Applicability, FileChange, Fix, Plan, digest
from memoryd.errors import ConflictError, MemorydError, RefusedError

_LOSSLESS = frozenset({"compact"})  # causes that promise to lose nothing, and must prove it


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
    """
    _demand_proof(plan)
    for change in plan.changes:
        writing.refuse(change)
        writing.check(change)
    operation = history.begin(plan, undoes=undoes.id if undoes else None)
    displaced: list[writing.Displaced] = []
    done: list[FileChange] = []
    try:
        for change in _additions_first(plan.changes):
            displaced += filter(None, [writing.write(change, operation)])
            done.append(change)
    except (MemorydError, OSError) as error:
        displaced += _take_back(done, operation)
        history.finish(operation, "conflict" if isinstance(error, ConflictError) else "aborted")
        _settle(displaced, history)
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
        raise MemorydError(what, "operations are made by `memoryd compact --apply` and the daemon")
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

    An operation caught in between is taken back file by file where nobody has written since. What a
    temporary file holds is recorded before it is removed.
    """
    treated = 0
    for operation in history.unfinished():
        changes = history.plan(operation).changes
        finished = [change for change in changes if _content(change.path) == change.after]
        if len(finished) == len(changes):
            history.finish(operation.id, "done")
        else:
            _settle(_take_back(finished, operation.id), history)
            history.finish(operation.id, "aborted")
        treated += 1
    for root in roots:
        for path, target, operation_id in writing.leftovers(root):
            _settle([writing.Displaced(target, path, _held(path, target, operation_id, history))], history)
            treated += 1
    return treated


def _demand_proof(plan: Plan) -> None:
    for fix in plan.fixes:
        if plan.cause in _LOSSLESS and (fix.proof is None or fix.proof.digest != digest(fix.changes)):
            raise RefusedError(
                f"“{fix.title}” comes without a proof that it loses nothing", "this is a bug: report it"
            )


def _additions_first(changes: Iterable[FileChange]) -> list[FileChange]:
    """New and grown files before any that shrinks: at no moment is a line in no file."""
    return sorted(changes, key=lambda change: (not change.only_adds, change.after is None, change.path))


def _take_back(changes: Iterable[FileChange], operation: int) -> list[writing.Displaced]:
    """Undo single changes of a failed operation; a file written by somebody since stays as it is."""
    displaced: list[writing.Displaced] = []
    for change in reversed(list(changes)):
        try:
            displaced += filter(None, [writing.write(change.inverse, operation)])
        except (ConflictError, OSError):
            continue
    return displaced


def _settle(displaced: Iterable[writing.Displaced], history: History) -> None:
    """Remove swapped-out files once nobody writes to them; bring back lines that came late."""
    for each in displaced:
        late = each.settle()
        if late is None:
            continue
        visible = _content(each.target)
        history.observe([(each.target, late), (each.target, visible)])
        if visible is not None:
            _rescue(each, late, visible, history)


def _rescue(displaced: writing.Displaced, late: bytes, visible: bytes, history: History) -> None:
    known = set(displaced.before.splitlines()) | set(visible.splitlines())
    lines = [line for line in late.splitlines() if line not in known]
    if lines:
        gap = b"" if visible.endswith(b"\n") or not visible else b"\n"
        after = visible + gap + b"\n".join(lines) + b"\n"
        root = displaced.target.rpartition("/")[0]
        change = FileChange(root, displaced.target, visible, after)
        apply(
            Plan("rescue", (Fix("bring back lines written meanwhile", Applicability.SAFE, (change,)),)),
            history,
        )


def _content(path: str) -> bytes | None:
    try:
        return files.read(path)
    except files.UnreadableError:
        return None


def _held(path: str, target: str, operation_id: int, history: History) -> bytes:
    """What a left-over held before anybody wrote to it late."""
    operation = history.operation(operation_id)
    changes = history.plan(operation).changes if operation else ()
    sides = [side for change in changes if change.path == target for side in (change.before, change.after)]
    content = _content(path) or b""
    return content if content in sides else next((side for side in sides if side is not None), content)
