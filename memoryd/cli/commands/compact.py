"""`compact`."""

from memoryd.cli.options import ChangeOptions, StoreOptions
from memoryd.cli.output.progress import follow, waiting
from memoryd.cli.output.terminal import short
from memoryd.cli.program import spread
from memoryd.errors import MemorydError


@spread
def compact(how: ChangeOptions, which: StoreOptions) -> None:
    """Bring index files back under their limit without losing a line.

    Shows a diff and changes nothing; on a terminal it asks. `--apply` applies the changes without asking.
    Without PATH, only index files over their limit are compacted; with PATH, also those near it.

    For example:

        memoryd compact
        memoryd compact .claude/agent-memory/code-reviewer --apply
    """
    from memoryd.cli.confirm import Proposal, run, show_plan
    from memoryd.domain.limits.threshold import Threshold
    from memoryd.runtime import build
    from memoryd.services.compaction import plan_compaction

    how.demand_sense()
    runtime = build()
    stores = runtime.select(which.selection)
    rewrites = frozenset(runtime.config.rewrite)
    at = Threshold.SOFT if which.paths else Threshold.LIMIT
    what = "compacting index files"
    with waiting(what):
        try:
            with runtime.history() as history:
                planned = plan_compaction(follow(what, stores), history, rewrites, at=at)
        except MemorydError:  # a plan can be shown without history; `--apply` reports the error
            planned = plan_compaction(follow(what, stores), None, rewrites, at=at)
    titles = [
        f"{short(fix.changes[0].root)}: {fix.title}" for fix in planned.plan.fixes if how.apply or how.diff
    ]
    nothing = f"Nothing to compact{f'; {planned.rest}' if planned.rest else ''}"
    notes = (*titles, planned.rest) if planned.rest and planned.plan.fixes and not how.json else tuple(titles)
    proposal = Proposal(planned.plan, planned.problems, nothing, notes=notes)
    run(runtime, how, proposal, lambda: show_plan(planned.plan, counts=how.stat))
