"""`compact`."""

import os

from memoryd.cli.options import ChangeOptions, StoreOptions
from memoryd.cli.output.terminal import emit_diff
from memoryd.cli.program import spread
from memoryd.errors import MemorydError


@spread
def compact(how: ChangeOptions, which: StoreOptions) -> None:
    """Bring index files back under their limit without losing a line.

    Shows a diff and changes nothing; on a terminal it asks. With `--apply` it does it without asking.
    """
    from memoryd.cli.confirm import Proposal, run
    from memoryd.runtime import build
    from memoryd.services.compaction import plan_compaction

    how.demand_sense()
    runtime = build()
    stores = runtime.select(which.selection)
    try:
        with runtime.history() as history:
            planned = plan_compaction(stores, history, frozenset(runtime.config.rewrite))
    except MemorydError:  # a plan can be shown without it; `--apply` will say what is wrong
        planned = plan_compaction(stores, None, frozenset(runtime.config.rewrite))
    proposal = Proposal(planned.plan, planned.problems, "nothing to compact")
    run(runtime, how, proposal, lambda: emit_diff(planned.plan.diff(os.getcwd())))
