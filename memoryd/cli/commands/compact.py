"""`compact`."""

import os

from memoryd.cli.options import ChangeOptions, StoreOptions
from memoryd.cli.output.terminal import emit_diff, short
from memoryd.cli.program import spread
from memoryd.errors import MemorydError


@spread
def compact(how: ChangeOptions, which: StoreOptions) -> None:
    """Bring index files back under their limit without losing a line.

    Shows a diff and changes nothing; on a terminal it asks. With `--apply` it does it without asking.
    Without PATH, only what is over its limit is compacted; a PATH is compacted as soon as it is near it.
    """
    from memoryd.cli.confirm import Proposal, run
    from memoryd.domain.limits.budget import Threshold
    from memoryd.runtime import build
    from memoryd.services.compaction import plan_compaction

    how.demand_sense()
    runtime = build()
    stores = runtime.select(which.selection)
    rewrites = frozenset(runtime.config.rewrite)
    at = Threshold.SOFT if which.paths else Threshold.LIMIT
    try:
        with runtime.history() as history:
            planned = plan_compaction(stores, history, rewrites, at=at)
    except MemorydError:  # a plan can be shown without it; `--apply` will say what is wrong
        planned = plan_compaction(stores, None, rewrites, at=at)
    said = [
        f"{short(fix.changes[0].root)}: {fix.title}" for fix in planned.plan.fixes if how.apply or how.diff
    ]
    nothing = f"nothing to compact{f'; {planned.rest}' if planned.rest else ''}"
    notes = (*said, planned.rest) if planned.rest and planned.plan.fixes and not how.json else tuple(said)
    proposal = Proposal(planned.plan, planned.problems, nothing, notes=notes)
    run(runtime, how, proposal, lambda: emit_diff(planned.plan.diff(os.getcwd())))
