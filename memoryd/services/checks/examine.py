"""Checks of stores, as they are or with changes."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import partial
from itertools import repeat

from memoryd import beneath
from memoryd.adapters.git import worktree
from memoryd.adapters.git.ask import troubles
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.baseline import KnownFinding, SortedFindings, sort_findings
from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.checks.rule import RuleContext, context_of
from memoryd.domain.checks.selection import RuleSelection
from memoryd.domain.edits.combine import Pending, with_changes, with_names
from memoryd.domain.git.evidence import Evidence
from memoryd.domain.history.past import Past
from memoryd.domain.limits.budget import budget_of
from memoryd.domain.security.secrets import Secret
from memoryd.domain.staleness.dangling import without_repetition
from memoryd.domain.stores.snapshot import Snapshot, UnreadFile
from memoryd.domain.stores.surroundings import Listings, Surroundings
from memoryd.errors import MemorydError
from memoryd.rules import ALL_RULES
from memoryd.services.agents.read_roster import gather
from memoryd.services.checks.check import check_roster, read, snapshots_of
from memoryd.services.checks.judge import Terms, judgement_at, judgements_of, without
from memoryd.services.stores.read_mentions import read_mentions
from memoryd.services.stores.read_surroundings import read_further, read_surroundings

_OVER_LIMIT = "S001"
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
        self._tracked = _tracked(found) | _real(terms.made) if terms.tracked else None
        self._pasts: dict[str, Past] = {}
        self._found = found if self._tracked is None else _narrowed(found, self._tracked)
        snapshots = tuple(map(self._read, range(len(self._found.stores))))
        if terms.kept:
            snapshots = terms.kept.recall(snapshots)
        narrow = partial(_narrow, tracked=self._tracked, pending={})
        around = read_surroundings(snapshots, self._last, narrow=narrow, git=terms.git)
        if any(rule.code.startswith(("D", "P")) for rule in self._rules):
            around = tuple(map(partial(read_further, git=terms.git), snapshots, around))
        if any(rule.code.startswith(_WITH_MENTIONS) for rule in self._rules):
            around = tuple(map(partial(read_mentions, git=terms.git), snapshots, around))
        around = tuple(map(self._with_past, snapshots, around))
        options = RuleOptions(likeness=terms.likeness, want_changes=terms.plans)
        self._contexts = tuple(map(context_of, snapshots, around, repeat(options)))
        roster = gather(self._found, snapshots, git=terms.git)
        self._roster = terms.kept.recall_together(roster) if terms.kept else roster
        self._now: tuple[CheckResult, SortedFindings] | None = None  # of the stores as they are

    def _read(self, number: int) -> Snapshot:
        """Read a store by its place in the list."""
        self._terms.tick("reading stores", number, len(self._found.stores))
        return _tracked_part(read(self._found.stores[number]), self._tracked)

    @property
    def roster(self) -> Roster:
        """The stores and agent definitions that were read."""
        return self._roster

    @property
    def contexts(self) -> tuple[RuleContext, ...]:
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
        if self._terms.kept and self._tracked is None:
            self._terms.kept.keep(self._roster)

    def learn(self, answers: Mapping[str, str]) -> None:
        """Add why URLs do not work."""
        self._now = None
        self._contexts = tuple(
            replace(each, around=replace(each.around, answers=answers)) for each in self._contexts
        )

    def learn_secrets(self, scanned: Mapping[str, tuple[Secret, ...]]) -> None:
        """Add the secrets that another scanner found, by the absolute path of their file."""
        self._now = None
        self._contexts = tuple(
            replace(each, around=replace(each.around, scanned=scanned)) for each in self._contexts
        )

    def weigh(self, gather: Callable[[RuleContext], Evidence], options: RuleOptions) -> None:
        """Add the evidence on outdated memory, and the options of the rules that use it."""
        self._now = None
        weighed = []
        for done, each in enumerate(self._contexts):
            self._terms.tick("looking for evidence", done, len(self._contexts))
            around = replace(each.around, evidence=gather(each))
            weighed.append(replace(each, around=around, options=options))
        self._contexts = tuple(weighed)

    def report(self, pending: Pending | None = None) -> CheckResult:
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

    def _sorted(self, pending: Pending) -> tuple[CheckResult, SortedFindings]:
        if pending:
            return self._checked(pending)
        if self._now is None:  # plans of changes ask for it again
            self._now = self._checked(pending)
        return self._now

    def _checked(self, pending: Pending) -> tuple[CheckResult, SortedFindings]:
        roots = {change.root for change in pending.values()}
        contexts = tuple(
            self._changed(each, pending) if each.snapshot.store.root in roots else each
            for each in self._contexts
        )
        roster = replace(self._roster, snapshots=snapshots_of(contexts))
        report = check_roster(roster, contexts, self._rules, self._terms.tick)
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

    def _changed(self, context: RuleContext, pending: Pending) -> RuleContext:
        """Return a store and its surroundings as they would be with changes."""
        tracked = self._tracked
        if tracked is not None:
            tracked |= _real(change.path for change in pending.values() if change.before is None)
        snapshot = _tracked_part(with_changes(context.snapshot, pending), tracked)
        narrow = partial(_narrow, tracked=tracked, pending=pending)
        (around,) = read_surroundings((snapshot,), self._last, narrow=narrow, git=self._terms.git)
        now = context.around
        around = replace(around, answers=now.answers, instructions=now.instructions, evidence=now.evidence)
        around = replace(around, named=now.named, elsewhere=now.elsewhere)
        return context_of(snapshot, self._with_past(snapshot, around), context.options)

    def _last(self, path: str) -> bytes | None:
        """Return the last content of a deleted file."""
        history = self._terms.history()
        return history.last(path) if history else None

    def _with_past(self, snapshot: Snapshot, around: Surroundings) -> Surroundings:
        """Add the past of an index file that is over its limit, if its fix must be what `compact` plans."""
        wanted = self._terms.plans and any(rule.code == _OVER_LIMIT for rule in self._rules)
        budget = budget_of(snapshot) if wanted else None
        if budget is None or not budget.is_over or not snapshot.store.profile.rewrites:
            return around
        root = snapshot.store.root
        if root not in self._pasts:
            self._pasts[root] = self._read_past(snapshot)
        return replace(around, past=self._pasts[root])

    def _read_past(self, snapshot: Snapshot) -> Past:
        from memoryd.services.compaction import past_of  # noqa: PLC0415  # few checks need the history

        git = self._terms.git
        try:
            return past_of(snapshot, self._terms.history(), git=git)
        except MemorydError:  # a damaged version must not hide the findings
            return past_of(snapshot, None, git=git)


def _tracked(found: FoundStores) -> frozenset[str]:
    """Return the real paths of the tracked files in the repositories around, and of their directories.

    Raises:
        MemorydError: If a store or definition is not in a repository.
    """
    tracked: set[str] = set()
    tops: set[str] = set()
    for place in (*(store.root for store in found.stores), *(each.path for each in found.inside)):
        top = worktree.repository(os.path.realpath(os.path.dirname(place)))
        if not top:
            raise MemorydError(
                f"{place} is not in a git repository", "--tracked needs the files that `git ls-files` lists"
            )
        if top not in tops:
            tops.add(top)
            tracked |= worktree.tracked(top)
    return frozenset(tracked)


def _narrowed(found: FoundStores, tracked: frozenset[str]) -> FoundStores:
    """Return the stores and definitions with tracked files."""
    return replace(
        found,
        stores=tuple(store for store in found.stores if os.path.realpath(store.root) in tracked),
        definitions=tuple(each for each in found.definitions if _is_tracked(each.path, tracked)),
    )


def _is_tracked(path: str, tracked: frozenset[str]) -> bool:
    return not _real((path,)).isdisjoint(tracked)


def _real(paths: Iterable[str]) -> frozenset[str]:
    """Return paths with the links of their directories resolved, as git knows them."""
    parted = map(os.path.split, paths)
    return frozenset(os.path.join(os.path.realpath(directory), name) for directory, name in parted)


def _tracked_part(snapshot: Snapshot, tracked: frozenset[str] | None) -> Snapshot:
    """Return the tracked part of a store; all of it if tracking does not matter."""
    if tracked is None:
        return snapshot
    root = snapshot.store.root
    return replace(
        snapshot,
        documents={
            path: document
            for path, document in snapshot.documents.items()
            if _is_tracked(f"{root}/{path}", tracked)
        },
        unread=tuple(each for each in snapshot.unread if _is_tracked(f"{root}/{each.path}", tracked)),
    )


def _narrow(listings: Listings, tracked: frozenset[str] | None, pending: Pending) -> Listings:
    """Return listings as they would be with changes, only with tracked names."""
    if tracked is not None:
        listings = {place: _tracked_names(place, names, tracked) for place, names in listings.items()}
    return with_names(listings, pending)


def _tracked_names(
    directory: str, names: frozenset[str] | None, tracked: frozenset[str]
) -> frozenset[str] | None:
    real = os.path.realpath(directory)
    if real not in tracked:
        return None
    return frozenset(name for name in names or () if os.path.join(real, name) in tracked)
