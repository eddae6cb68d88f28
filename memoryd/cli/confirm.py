"""What commands write into memory files: planned, agreed to, carried out."""

from typing import TYPE_CHECKING

from memoryd.cli.output.terminal import confirmed, emit, emit_plan_json, note, short
from memoryd.domain.text.phrases import counted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from memoryd.cli.options import Changing
    from memoryd.domain.edits.plan import Plan
    from memoryd.domain.links.incoming import Lead
    from memoryd.runtime import Runtime
    from memoryd.services.checks.examine import Examination


def plan(cause: str, runtime: "Runtime", examination: "Examination", changing: "Changing") -> "Plan":
    """All changes that are asked for; what cannot be changed is told."""
    from memoryd.services.checks.fix import mend
    from memoryd.services.checks.suppress import plan_suppressions

    rewrites = frozenset(runtime.config.rewrite)
    if changing.suppress:
        planned, problems = plan_suppressions(examination, cause=cause, rewrites=rewrites)
    else:
        stores = (snapshot.store for snapshot in examination.roster.snapshots)
        mended = mend(examination.report, stores, cause=cause, unsafe=changing.unsafe, rewrites=rewrites)
        planned, problems = mended.plan, mended.problems
    for problem in problems:
        note(f"warning: {problem}")
    if not planned.fixes:
        note("nothing to silence" if changing.suppress else "nothing to mend")
    return planned


def warn(dangling: "Iterable[Lead]") -> None:
    """Name what outside a store leads to files of it that go."""
    for place, line, target in dangling:
        note(f"warning: {short(place)}:{line} leads to {short(target)}, which goes")


def described(planned: "Plan") -> str:
    """What a plan does, in how many files."""
    files = counted(len(planned.changes), "file", "files")
    return f"{'; '.join(fix.title for fix in planned.fixes)} in {files}: "


def agreed(planned: "Plan") -> bool:
    """Tell what would be done in which store, and ask."""
    for fix in planned.fixes:
        note(f"{short(fix.changes[0].root)}: {fix.title}")
    return confirmed("Do this?")


def apply(runtime: "Runtime", planned: "Plan", told: str = "") -> int:
    """Carry a plan out, tell the way back, and return the operation.

    Args:
        runtime: Of this command.
        planned: What to do.
        told: What to say before that.
    """
    from memoryd.services.edits import apply as apply_plan

    with runtime.history() as history:
        operation = apply_plan(planned, history)
    note(f"{told}done as operation {operation}; `memoryd undo {operation}` takes it back")
    note("agents see the change at their next start")
    return operation


def _tell(plan: "Plan", identity: int | None, *, json: bool) -> None:
    if json:
        emit_plan_json(plan, identity)
    else:
        emit("".join(f"{change.action:<7} {short(change.path)}\n" for change in plan.changes))
