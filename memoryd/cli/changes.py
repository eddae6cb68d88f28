"""What `check` and `link-check` write into memory files."""

from typing import TYPE_CHECKING

from memoryd.cli.output import note
from memoryd.domain.text import counted

if TYPE_CHECKING:
    from memoryd.cli.checking import Changing
    from memoryd.domain.edits import Plan
    from memoryd.runtime import Runtime
    from memoryd.services.examine import Examination


def plan(cause: str, runtime: "Runtime", examination: "Examination", changing: "Changing") -> "Plan":
    """All changes that are asked for; what cannot be changed is told."""
    from memoryd.services.mend import mend
    from memoryd.services.silence import plan_suppressions

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


def apply(runtime: "Runtime", planned: "Plan") -> int | None:
    """Carry a plan out; returns the operation, None where there is nothing to do."""
    from memoryd.services.apply import apply as apply_plan

    if not planned.fixes:
        return None
    with runtime.history() as history:
        operation = apply_plan(planned, history)
    files = counted(len(planned.changes), "file", "files")
    done = "; ".join(fix.title for fix in planned.fixes)
    note(f"{done} in {files}: done as operation {operation}; `memoryd undo {operation}` takes it back")
    note("agents see the change at their next start")
    return operation
