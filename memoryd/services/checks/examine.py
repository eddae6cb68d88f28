"""Checks of stores, as they are or with changes."""

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from itertools import repeat
from typing import TYPE_CHECKING

from memoryd import beneath
from memoryd.adapters.git import worktree
from memoryd.adapters.git.ask import troubles
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.checks.baseline import KnownFinding, SortedFindings, sort_findings
from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.checks.results import CheckResult, without_repetition
from memoryd.domain.checks.selection import RuleSelection
from memoryd.domain.stores.digest import digest_of
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.errors import MemorydError
from memoryd.rules import ALL_RULES
from memoryd.services.agents.read_roster import gather, standings_of
from memoryd.services.checks.ground import Ground
from memoryd.services.checks.judge import Terms, judgement_at, judgements_of, without
from memoryd.services.checks.recheck import Recheck, RecheckResult, counted_alone
from memoryd.services.checks.verdicts import Verdicts

if TYPE_CHECKING:
    from memoryd.domain.agents.roster import Roster
    from memoryd.domain.checks.rule import RuleContext
    from memoryd.domain.edits.combine import Pending
    from memoryd.domain.git.evidence import Evidence
    from memoryd.domain.history.past import Past
    from memoryd.domain.security.secrets import Secret
    from memoryd.domain.stores.snapshot import Snapshot
    from memoryd.domain.stores.surroundings import Surroundings

_OVER_LIMIT = "S001"
_WITH_FURTHER = ("D", "P")  # families of rules that use instructions, and what git knows as deleted
_WITH_MENTIONS = ("L", "F")  # families of rules that ask what instructions name


class Examination:
    """The stores, settings and rules of one command, read once.

    Raises:
        MemorydError: If a configuration is wrong, or no rule is selected.
    """

    def __init__(self, found: FoundStores, terms: Terms) -> None:
        self._terms = terms
        self._judgements, self._bad_settings = judgements_of(found, terms)
        found = without(found, self._bad_settings)
        self._rules = tuple(
            rule for rule in terms.rules if any(each.selects(rule) for each in self._judgements.values())
        )
        if not self._rules and self._judgements:
            raise MemorydError("no rule is selected", "a check without rules would always pass")
        self._tracked: frozenset[str] | None = None
        if terms.tracked:
            from memoryd.services.checks.tracked import narrowed, real_paths, tracked_in  # noqa: PLC0415  # seldom

            self._tracked = tracked_in(found) | real_paths(terms.made)
            found = narrowed(found, self._tracked)
        self._pasts: dict[str, Past] = {}
        self._found = found
        self._now: tuple[CheckResult, SortedFindings] | None = None  # of the stores as they are
        self._contexts: tuple[RuleContext, ...] = ()
        rechecked = self._recheck(terms.kept) if terms.kept and terms.reports else None
        self._are_facts_kept = rechecked is not None
        if rechecked:
            self._roster = rechecked.roster
            self._now = self._judged(rechecked.report)
            return
        snapshots = tuple(map(self._read, range(len(self._found.stores))))
        if terms.kept:
            snapshots = terms.kept.recall(snapshots)
        self._contexts = self._read_contexts(snapshots)
        roster = gather(self._found, snapshots, git=terms.git)
        self._roster = terms.kept.recall_together(roster) if terms.kept else roster

    def _runs(self, families: tuple[str, ...]) -> bool:
        return any(rule.code.startswith(families) for rule in self._rules)

    def _read_contexts(self, snapshots: "tuple[Snapshot, ...]") -> "tuple[RuleContext, ...]":
        """Return everything that rules use of stores that were read."""
        from memoryd.domain.checks.rule import context_of  # noqa: PLC0415  # kept verdicts spare it
        from memoryd.services.checks.tracked import narrow  # noqa: PLC0415  # the same
        from memoryd.services.stores import read_surroundings as surroundings  # noqa: PLC0415  # the same
        from memoryd.services.stores.read_mentions import read_mentions  # noqa: PLC0415  # the same

        terms = self._terms
        narrowing = partial(narrow, tracked=self._tracked, pending={})
        around = surroundings.read_surroundings(snapshots, self._last, narrow=narrowing, git=terms.git)
        if self._runs(_WITH_FURTHER):
            around = tuple(map(partial(surroundings.read_further, git=terms.git), snapshots, around))
        if self._runs(_WITH_MENTIONS):
            around = tuple(map(partial(read_mentions, git=terms.git), snapshots, around))
        around = tuple(map(self._with_past, snapshots, around))
        options = RuleOptions(likeness=terms.likeness, want_changes=terms.plans)
        return tuple(map(context_of, snapshots, around, repeat(options)))

    def _recheck(self, kept: KeptFiles) -> RecheckResult | None:
        """Check what changed since an earlier run; None if everything has to be checked."""
        found, rules, terms = self._found, self._rules, self._terms
        ground = Ground(terms.user)
        roots, codes = tuple(store.root for store in found.stores), tuple(rule.code for rule in rules)
        return Recheck(
            found=found,
            rules=rules,
            verdicts=Verdicts(
                kept,
                f"check-{digest_of(roots, codes)}",
                ground,
                standings_of(found.stores, ground.look),
                rules,
                git=terms.git,
                rest=(terms.likeness,),
                recorded=terms.recorded,
                history=terms.history,
            ),
            kept=kept,
            read=self._read_contexts,
            conclude=counted_alone,
            is_further=self._runs(_WITH_FURTHER),
            is_asked=self._runs(_WITH_MENTIONS),
            git=terms.git,
            tick=terms.tick,
        ).run()

    def _read(self, number: int) -> "Snapshot":
        """Read a store by its place in the list."""
        from memoryd.services.checks.check import read  # noqa: PLC0415  # kept verdicts spare it
        from memoryd.services.checks.tracked import tracked_part  # noqa: PLC0415  # the same

        self._terms.tick("reading stores", number, len(self._found.stores))
        return tracked_part(read(self._found.stores[number]), self._tracked)

    @property
    def roster(self) -> "Roster":
        """The stores and agent definitions that were read."""
        return self._roster

    @property
    def contexts(self) -> "tuple[RuleContext, ...]":
        """The stores that were read, each with everything that rules use."""
        return self._contexts

    @property
    def troubles(self) -> tuple[MemorydError, ...]:
        """The reasons why git could not answer everything about the repositories so far."""
        roots = (store.root for store in self._found.stores)
        directories = (*roots, *(os.path.dirname(each.path) for each in self._found.inside))
        return troubles(worktree.repository(os.path.realpath(each)) for each in directories)

    def keep_facts(self) -> None:
        """Keep what was found out about the texts of whole stores for the next run."""
        if self._terms.kept and self._tracked is None and not self._are_facts_kept:
            self._terms.kept.keep(self._roster)

    def learn(self, answers: Mapping[str, str]) -> None:
        """Add why URLs do not work."""
        self._now = None
        self._contexts = tuple(
            replace(each, around=replace(each.around, answers=answers)) for each in self._contexts
        )

    def learn_secrets(self, scanned: "Mapping[str, tuple[Secret, ...]]") -> None:
        """Add the secrets that another scanner found, by the absolute path of their file."""
        self._now = None
        self._contexts = tuple(
            replace(each, around=replace(each.around, scanned=scanned)) for each in self._contexts
        )

    def weigh(self, gather: "Callable[[RuleContext], Evidence]", options: RuleOptions) -> None:
        """Add the evidence on outdated memory, and the options of the rules that use it."""
        self._now = None
        weighed = []
        for done, each in enumerate(self._contexts):
            self._terms.tick("looking for evidence", done, len(self._contexts))
            around = replace(each.around, evidence=gather(each))
            weighed.append(replace(each, around=around, options=options))
        self._contexts = tuple(weighed)

    def report(self, pending: "Pending | None" = None) -> CheckResult:
        """Return the findings, now or with changes, without known ones."""
        report, found = self._sorted(pending or {})
        return replace(report, diagnostics=found.new, known=found.known)

    def gone(self) -> Counter[KnownFinding]:
        """Return the findings of the baseline that are no longer found."""
        gone = self._sorted({})[1].gone if self._terms.baseline else Counter()
        return Counter({each: count for each, count in gone.items() if self.judges(each)})

    def judges(self, known: KnownFinding) -> bool:
        """Return whether a finding of the baseline would be found here if it still existed."""
        path = os.path.normpath(os.path.join(self._terms.base, known.path))
        inside = any(path.startswith(store.root + "/") for store in self._found.stores)
        defined = any(path == definition.agent.path for definition in self._roster.judged)
        ran = any(rule.code == known.code for rule in self._rules)
        if ran and (inside or defined):
            return True
        bounds = {store.bound for store in self._found.stores if beneath.is_within(path, store.bound)}
        return any(not beneath.exists(path, bound) for bound in bounds)

    def _sorted(self, pending: "Pending") -> tuple[CheckResult, SortedFindings]:
        if pending:
            return self._checked(pending)
        if self._now is None:  # plans of changes ask for it again
            self._now = self._checked(pending)
        return self._now

    def _checked(self, pending: "Pending") -> tuple[CheckResult, SortedFindings]:
        from memoryd.services.checks.check import check_roster  # noqa: PLC0415  # kept verdicts spare it

        roots = {change.root for change in pending.values()}
        contexts = tuple(
            self._changed(each, pending) if each.snapshot.store.root in roots else each
            for each in self._contexts
        )
        roster = replace(self._roster, snapshots=tuple(each.snapshot for each in contexts))
        return self._judged(check_roster(roster, contexts, self._rules, self._terms.tick))

    def _judged(self, report: CheckResult) -> tuple[CheckResult, SortedFindings]:
        """Return a report with what could not be checked, and its findings as they are configured."""
        bad = (
            UnreadFile(path, f"not checked: {error.message}") for path, error in self._bad_settings.items()
        )
        report = replace(report, unread=(*report.unread, *bad))
        rules = {rule.code: rule for rule in ALL_RULES}
        judged = (self._judgement_in(each.store).judge(each, rules[each.code]) for each in report.diagnostics)
        found = sort_findings(
            without_repetition(filter(None, judged)), self._terms.baseline, self._terms.base
        )
        return report, found

    def _judgement_in(self, directory: str) -> RuleSelection:
        """Return the rule selection of a store, or of another directory with a finding."""
        if directory not in self._judgements:
            self._judgements[directory] = judgement_at(directory, self._terms)
        return self._judgements[directory]

    def _changed(self, context: "RuleContext", pending: "Pending") -> "RuleContext":
        """Return a store and its surroundings as they would be with changes."""
        from memoryd.domain.checks.rule import context_of  # noqa: PLC0415  # most checks change nothing
        from memoryd.domain.edits.combine import with_changes  # noqa: PLC0415  # the same
        from memoryd.services.checks.tracked import narrow, real_paths, tracked_part  # noqa: PLC0415  # the same
        from memoryd.services.stores.read_surroundings import read_surroundings  # noqa: PLC0415  # the same

        tracked = self._tracked
        if tracked is not None:
            tracked |= real_paths(change.path for change in pending.values() if change.before is None)
        snapshot = tracked_part(with_changes(context.snapshot, pending), tracked)
        narrowing = partial(narrow, tracked=tracked, pending=pending)
        (around,) = read_surroundings((snapshot,), self._last, narrow=narrowing, git=self._terms.git)
        now = context.around
        around = replace(around, answers=now.answers, instructions=now.instructions, evidence=now.evidence)
        around = replace(around, named=now.named, elsewhere=now.elsewhere)
        return context_of(snapshot, self._with_past(snapshot, around), context.options)

    def _last(self, path: str) -> bytes | None:
        """Return the last content of a deleted file."""
        history = self._terms.history()
        return history.last(path) if history else None

    def _with_past(self, snapshot: "Snapshot", around: "Surroundings") -> "Surroundings":
        """Add the past of an index file that is over its limit, if its fix must be what `compact` plans."""
        from memoryd.domain.limits.budget import budget_of  # noqa: PLC0415  # kept verdicts spare it

        wanted = self._terms.plans and any(rule.code == _OVER_LIMIT for rule in self._rules)
        budget = budget_of(snapshot) if wanted else None
        if budget is None or not budget.is_over or not snapshot.store.profile.rewrites:
            return around
        root = snapshot.store.root
        if root not in self._pasts:
            self._pasts[root] = self._read_past(snapshot)
        return replace(around, past=self._pasts[root])

    def _read_past(self, snapshot: "Snapshot") -> "Past":
        from memoryd.services.compaction import past_of  # noqa: PLC0415  # few checks need the history

        git = self._terms.git
        try:
            return past_of(snapshot, self._terms.history(), git=git)
        except MemorydError:  # a damaged version must not hide the findings
            return past_of(snapshot, None, git=git)
