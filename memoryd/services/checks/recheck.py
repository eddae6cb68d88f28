"""Checks of what changed since an earlier run."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from itertools import chain
from typing import TYPE_CHECKING

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.adapters.stores.lazy import lazy_snapshot
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.doubts import without_doubtful_fixes
from memoryd.domain.checks.results import CheckResult, links_in, unread_of
from memoryd.domain.checks.rule import Rule
from memoryd.domain.stores.digest import digest_of
from memoryd.domain.stores.store import Store
from memoryd.services.agents.read_roster import gather
from memoryd.services.checks.judge import Tick
from memoryd.services.checks.summary import StoreSummary
from memoryd.services.checks.verdicts import Basis, StoreVerdict, Verdicts
from memoryd.values import dataclass

if TYPE_CHECKING:
    from memoryd.domain.agents.roster import Roster
    from memoryd.domain.checks.rule import RuleContext
    from memoryd.domain.markdown.document import Document
    from memoryd.domain.stores.snapshot import Snapshot

_DATED = ("P002",)  # the rule that needs the day, whatever memory says


@dataclass(frozen=True, slots=True)
class RecheckResult:
    """Outcome of a check of what changed.

    Attributes:
        verdicts: A verdict on each store, by root.
        read: The stores that were read, by root.
        roster: All stores and definitions; the files of unchanged stores are read when they are needed.
        together: The findings about stores and definitions together, by place.
    """

    verdicts: Mapping[str, StoreVerdict]
    read: "Mapping[str, Snapshot]"
    roster: "Roster"
    together: dict[str, list[Diagnostic]]

    @property
    def report(self) -> CheckResult:
        """The outcome for all of it, as `check_roster` returns it."""
        verdicts, together = self.verdicts.values(), self.together.values()
        found = chain(*(each.findings for each in verdicts), *together)
        files = sum(len(each.summary.files) for each in verdicts) + len(self.roster.judged)
        return CheckResult(
            stores=len(verdicts),
            files=files,
            links=sum(each.summary.links for each in verdicts),
            diagnostics=tuple(sorted(without_doubtful_fixes(found), key=lambda each: each.sort_key)),
            unread=unread_of(self.roster.snapshots),
        )


@dataclass(frozen=True, slots=True)
class Recheck:
    """Request to check what changed.

    Attributes:
        found: The stores and definitions.
        rules: The rules to run.
        verdicts: What is known of the stores.
        kept: Has facts about texts.
        read: Returns everything that rules use of stores that were read.
        conclude: Returns the verdict on a store from its own findings.
        is_further: `read` reads what `read_further` adds.
        is_asked: `read` reads what `read_mentions` adds.
        git: Git may be asked.
        tick: Is told how many stores are checked.
    """

    found: FoundStores
    rules: tuple[Rule, ...]
    verdicts: Verdicts
    kept: KeptFiles
    read: "Callable[[tuple[Snapshot, ...]], tuple[RuleContext, ...]]"
    conclude: "Callable[[Snapshot, list[Diagnostic]], StoreVerdict]"
    is_further: bool
    is_asked: bool
    git: bool
    tick: Tick

    def run(self) -> RecheckResult | None:
        """Read and check the stores on which no kept verdict holds, and keep the verdicts on them.

        Return None where that does not suffice: the use of a comment that names a rule on stores and
        definitions together depends on all of them.
        """
        stores, verdicts = self.found.stores, self.verdicts
        known = verdicts.recall(stores)
        stale = tuple(store for store in stores if store.root not in known)
        read = self._check(stale, known) if stale else {}
        if read is None:
            return None
        facts = cache(self.kept.facts_in)  # few of the unchanged stores are read
        everything = tuple(
            read[store.root] if store.root in read else _unchanged(store, known[store.root].summary, facts)
            for store in stores
        )
        roster = gather(self.found, everything, git=self.git, standings=verdicts.standings)
        together = self._together(roster, read)
        self.kept.keep(replace(roster, snapshots=tuple(read.values())))
        verdicts.write()
        return RecheckResult(known, read, roster, by_place(together))

    def _check(
        self, stores: tuple[Store, ...], known: dict[str, StoreVerdict]
    ) -> "dict[str, Snapshot] | None":
        """Read and check stores, and add the verdicts on them; return those by root, or None as `run`."""
        from memoryd.domain.agents.roster import Roster  # noqa: PLC0415  # kept verdicts spare it
        from memoryd.services.checks import check  # noqa: PLC0415  # the same

        snapshots = check.read_all(self._told(stores), self.kept)
        if check.UNUSED in self.rules and any(check.names_rules(each, check.ROSTER) for each in snapshots):
            return None
        contexts = self.read(snapshots)
        read = {context.snapshot.store.root: context.snapshot for context in contexts}
        own = tuple(rule for rule in self.rules if not rule.code.startswith(check.ROSTER))
        narrow = Roster(tuple(read.values()), standings=self.verdicts.standings)
        found = by_place(check.found_in(narrow, contexts, own, self.tick))
        for context in contexts:
            store = context.snapshot.store
            known[store.root] = self.conclude(context.snapshot, found.get(store.root, []))
            if self.verdicts.is_settled(store):
                self.verdicts.keep(store, known[store.root], self._basis(context))
        return read

    def _told(self, stores: tuple[Store, ...]) -> Iterator[Store]:
        """Yield stores as they are read, and tell how many are."""
        for done, store in enumerate(stores):
            self.tick("reading stores", done, len(stores))
            yield store

    def _basis(self, context: "RuleContext") -> Basis:
        from memoryd.domain.staleness.expiry import has_expiry  # noqa: PLC0415  # kept verdicts spare it
        from memoryd.services.checks.check import names_rules  # noqa: PLC0415  # the same
        from memoryd.services.stores.read_mentions import asked_by  # noqa: PLC0415  # the same

        snapshot, around = context.snapshot, context.around
        is_dated = around.evidence.today is not None and (
            has_expiry(snapshot)
            or any(rule.code in _DATED for rule in self.rules)
            or names_rules(snapshot, _DATED)
        )
        question = asked_by(snapshot) if self.is_asked else None
        return Basis(around, question, is_dated, self.is_further)

    def _together(self, roster: "Roster", read: "Mapping[str, Snapshot]") -> tuple[Diagnostic, ...]:
        """Return the findings about stores and definitions together."""
        contents = []
        for store in self.found.stores:
            if store.root in read and not self.verdicts.is_settled(store):
                contents.append(digest_of(read[store.root], roster.standings[store.root]))
            else:
                contents.append(self.verdicts.key(store))
        digest, known = self.verdicts.together(roster, contents)
        if known is not None:
            return known
        from memoryd.services.checks.check import ROSTER, check_together  # noqa: PLC0415  # the same

        rules = tuple(rule for rule in self.rules if rule.code.startswith(ROSTER))
        found = check_together(roster, rules)
        self.verdicts.keep_together(roster, digest, found)
        return found


def _unchanged(
    store: Store, summary: StoreSummary, facts: "Callable[[str], Callable[[Document], None]]"
) -> "Snapshot":
    def recall(document: "Document") -> None:
        facts(store.root)(document)

    return lazy_snapshot(store, summary.files, summary.unread, recall)


def counted_alone(snapshot: "Snapshot", own: list[Diagnostic]) -> StoreVerdict:
    """Return a verdict whose summary only counts files and links, for a report of findings."""
    summary = StoreSummary(tuple(snapshot.documents), links_in(snapshot), snapshot.unread, None, (), {})
    return StoreVerdict(summary, tuple(own))


def by_place(found: Iterable[Diagnostic]) -> dict[str, list[Diagnostic]]:
    """Return findings by the store or directory that they are about."""
    places: dict[str, list[Diagnostic]] = {}
    for each in found:
        places.setdefault(each.store, []).append(each)
    return places
