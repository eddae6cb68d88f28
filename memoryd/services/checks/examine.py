"""Check stores as they are, or as they would be with changes, by what is configured for each."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

from memoryd.adapters.git import worktree
from memoryd.adapters.stores import files
from memoryd.adapters.stores.discovery import Found
from memoryd.config import checks
from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.baseline import Known, Sorted, sort_out
from memoryd.domain.checks.results import Report
from memoryd.domain.checks.rule import Rule
from memoryd.domain.checks.selection import Choice, Judgement, demand_known
from memoryd.domain.duplicates.similarity import LIKENESS
from memoryd.domain.edits.combine import Pending, with_changes, with_names
from memoryd.domain.git.evidence import Evidence
from memoryd.domain.staleness.dangling import told_once
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Store
from memoryd.errors import ConfigError, MemorydError
from memoryd.rules import ALL_RULES
from memoryd.services.agents import gather
from memoryd.services.checks.check import check_roster, read_all
from memoryd.services.stores.read_surroundings import Past, look_around, look_further


@dataclass(frozen=True, slots=True)
class Terms:
    """By what is checked.

    Attributes:
        rules: Those to choose from.
        asked: Whether the command is about these rules, whatever a configuration selects for checks.
        user: What the user's configuration says of rules.
        command: What the command line says.
        tracked: Only what version control tracks exists.
        made: Absolute paths of files that count as tracked, since they were made just now.
        past: Remembers what files held that are gone, or None.
        baseline: Findings that are known.
        base: Directory that the paths of the baseline are relative to.
        likeness: From which share of common words on two notes are compared.
    """

    rules: tuple[Rule, ...]
    user: Choice
    command: Choice
    asked: bool = False
    tracked: bool = False
    made: frozenset[str] = frozenset()
    past: Past | None = None
    baseline: Counter[Known] = field(default_factory=Counter)
    base: str = ""
    likeness: float = LIKENESS


class Examination:
    """All that is checked by one command, read once.

    Raises:
        MemorydError: If a configuration is wrong, or no rule is chosen.
    """

    def __init__(self, found: Found, terms: Terms) -> None:
        self._terms = terms
        self._judgements = _judgements(found, terms)
        self._rules = tuple(
            rule for rule in terms.rules if any(each.selects(rule) for each in self._judgements.values())
        )
        if not self._rules and self._judgements:
            raise MemorydError("no rule is chosen", "a check that checks nothing would always be green")
        self._tracked = _tracked(found) | _real(terms.made) if terms.tracked else None
        self._answers: Mapping[str, str] = {}
        self._found = found if self._tracked is None else _narrowed(found, self._tracked)
        snapshots = tuple(map(self._read, read_all(self._found.stores, past=terms.past)))
        if any(rule.code.startswith(("D", "P")) for rule in self._rules):
            snapshots = tuple(replace(look_further(each), likeness=terms.likeness) for each in snapshots)
        self._roster = gather(self._found, snapshots)

    @property
    def roster(self) -> Roster:
        """What was read."""
        return self._roster

    def learn(self, answers: Mapping[str, str]) -> None:
        """Take in why URLs do not work."""
        self._answers = answers
        snapshots = tuple(replace(each, answers=answers) for each in self._roster.snapshots)
        self._roster = replace(self._roster, snapshots=snapshots)

    def weigh(self, gather: Callable[[Snapshot], Evidence]) -> None:
        """Take in the evidence on what no longer serves."""
        snapshots = tuple(replace(each, evidence=gather(each)) for each in self._roster.snapshots)
        self._roster = replace(self._roster, snapshots=snapshots)

    def report(self, pending: Pending | None = None) -> Report:
        """What is found, or would be found with changes; known findings are left out."""
        report, found = self._sorted(pending or {})
        return replace(report, diagnostics=found.new, known=found.known)

    def gone(self) -> Counter[Known]:
        """What the baseline knows and is no longer found."""
        gone = self._sorted({})[1].gone if self._terms.baseline else Counter()
        return Counter({each: count for each, count in gone.items() if self.judges(each)})

    def judges(self, known: Known) -> bool:
        """Whether a finding of a baseline would be found here, were it still there."""
        path = os.path.normpath(os.path.join(self._terms.base, known.path))
        inside = any(path.startswith(store.root + "/") for store in self._found.stores)
        defined = any(path == definition.agent.path for definition in self._roster.judged)
        ran = any(rule.code == known.code for rule in self._rules)
        return (ran and (inside or defined)) or not os.path.lexists(path)

    def _sorted(self, pending: Pending) -> tuple[Report, Sorted]:
        roster = self._roster
        if pending:
            roots = {change.root for change in pending.values()}
            snapshots = tuple(
                self._read(with_changes(each, pending), pending) if each.store.root in roots else each
                for each in roster.snapshots
            )
            roster = replace(roster, snapshots=snapshots)
        report = check_roster(roster, self._rules)
        rules = {rule.code: rule for rule in ALL_RULES}
        judged = (self._judgement_in(each.store).judge(each, rules[each.code]) for each in report.diagnostics)
        found = sort_out(told_once(filter(None, judged)), self._terms.baseline, self._terms.base)
        return report, found

    def _judgement_in(self, directory: str) -> Judgement:
        """What counts in a store, or in another directory that a finding lies in."""
        if directory not in self._judgements:
            self._judgements[directory] = _judgement(checks.around_directory(directory), self._terms)
        return self._judgements[directory]

    def _read(self, snapshot: Snapshot, pending: Pending | None = None) -> Snapshot:
        """A snapshot with all that has to be asked of the world, where it differs from what `read` gave."""
        changes = pending or {}
        if self._tracked is None and not changes:
            return snapshot
        tracked = self._tracked
        if tracked is not None:
            tracked |= _real(change.path for change in changes.values() if change.before is None)
            snapshot = _with_tracked_files(snapshot, tracked)
        targets = files.link_targets(snapshot.store, snapshot.documents.values())
        listings = files.listings(targets, snapshot.store.root)
        narrowed = replace(snapshot, listings=_narrow(listings, tracked, changes))
        (around,) = look_around((narrowed,), self._terms.past)
        return replace(around, listings=_narrow(around.listings, tracked, changes), answers=self._answers)


def judged(report: Report, judgement: Judgement) -> Report:
    """A report with only what counts, at the level that it shall have."""
    rules = {rule.code: rule for rule in ALL_RULES}
    kept = (judgement.judge(each, rules[each.code]) for each in report.diagnostics)
    return replace(report, diagnostics=tuple(told_once(filter(None, kept))))


def judgement_around(place: Store | str, user: Choice) -> Judgement:
    """What is configured for a store or a directory; settings that cannot be read are for `check` to tell."""
    try:
        near = checks.around_directory(place) if isinstance(place, str) else checks.around(place)
    except ConfigError:
        near = None
    return Judgement((user, near) if near else (user,))


def _judgements(found: Found, terms: Terms) -> dict[str, Judgement]:
    """What counts in each store, by its root."""
    for choice in (terms.user, terms.command):
        demand_known(choice, ALL_RULES)
    judgements = {store.root: _judgement(checks.around(store), terms) for store in found.stores}
    for definition in found.inside:
        directory = os.path.dirname(definition.path)
        if directory not in judgements:
            judgements[directory] = _judgement(checks.around_directory(directory), terms)
    return judgements


def _judgement(choice: Choice | None, terms: Terms) -> Judgement:
    if choice:
        demand_known(choice, ALL_RULES)
    choices: tuple[Choice, ...] = (terms.user, choice) if choice else (terms.user,)
    if terms.asked:
        named = Choice("", "/", tuple(rule.code for rule in terms.rules))
        choices = (named, *(replace(each, select=None) for each in choices))
    return Judgement((*choices, terms.command))


def _tracked(found: Found) -> frozenset[str]:
    """Real paths of the tracked files of the repositories around what was found, and of their directories.

    Raises:
        MemorydError: If something of it lies in no repository.
    """
    tracked: set[str] = set()
    tops: set[str] = set()
    for place in (*(store.root for store in found.stores), *(each.path for each in found.inside)):
        top = worktree.repository(os.path.realpath(os.path.dirname(place)))
        if not top:
            raise MemorydError(
                f"{place} lies in no git repository", "--tracked judges by what `git ls-files` lists"
            )
        if top not in tops:
            tops.add(top)
            tracked |= worktree.tracked(top)
    return frozenset(tracked)


def _narrowed(found: Found, tracked: frozenset[str]) -> Found:
    """What version control tracks something of."""
    return replace(
        found,
        stores=tuple(store for store in found.stores if os.path.realpath(store.root) in tracked),
        definitions=tuple(each for each in found.definitions if _is_tracked(each.path, tracked)),
    )


def _is_tracked(path: str, tracked: frozenset[str]) -> bool:
    return not _real((path,)).isdisjoint(tracked)


def _real(paths: Iterable[str]) -> frozenset[str]:
    """Paths with their directories' links resolved, as version control knows them."""
    parted = map(os.path.split, paths)
    return frozenset(os.path.join(os.path.realpath(directory), name) for directory, name in parted)


def _with_tracked_files(snapshot: Snapshot, tracked: frozenset[str]) -> Snapshot:
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


def _narrow(
    listings: Mapping[str, frozenset[str] | None], tracked: frozenset[str] | None, pending: Pending
) -> dict[str, frozenset[str] | None]:
    """Listings as they would be with changes, of what is tracked only."""
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
