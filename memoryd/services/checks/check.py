"""Rules run over stores."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from memoryd.adapters.stores import contents, files
from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.agents.loading import refusal
from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.diagnostic import Diagnostic, UnusedSuppression
from memoryd.domain.checks.doubts import without_doubtful_fixes
from memoryd.domain.checks.kept_findings import findings_of, roster_findings
from memoryd.domain.checks.results import CheckResult, report_of
from memoryd.domain.checks.rule import Rule, RuleContext, context_of
from memoryd.domain.checks.selection import find_rule
from memoryd.domain.checks.suppressions import (
    Suppression,
    Used,
    apply_suppressions,
    suppressions_of,
    unused_names,
)
from memoryd.domain.stores.snapshot import Snapshot, UnreadFile
from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.services.agents.read_roster import gather
from memoryd.services.checks.judge import Tick, no_tick
from memoryd.services.stores.read_mentions import read_mentions
from memoryd.services.stores.read_surroundings import Past, read_further, read_surroundings

UNUSED = next(rule for rule in ALL_RULES if rule.code == "F010")
"""The rule on unused suppressions."""
ROSTER = ("A", "D005")
"""Codes of the rules on stores and definitions together, or their beginnings."""

_OF_CONTENT = ("S", "L", "F", "P006")  # rules on what is loaded
_OF_ENTRIES = frozenset({"L004", "F006"})  # rules on files without an entry


def read(store: Store) -> Snapshot:
    """Read a store; unreadable files are listed in the snapshot."""
    try:
        return contents.snapshot(store)
    except files.UnreadableError as error:
        return Snapshot(store, {}, unread=(UnreadFile("", error.message),))


def read_all(stores: Iterable[Store], kept: KeptFiles | None = None) -> tuple[Snapshot, ...]:
    """Read several stores, with the facts that are kept about them."""
    snapshots = tuple(map(read, stores))
    return kept.recall(snapshots) if kept else snapshots


def read_contexts(
    stores: Iterable[Store],
    past: Past | None = None,
    *,
    kept: KeptFiles | None = None,
    git: bool = True,
) -> tuple[RuleContext, ...]:
    """Read several stores with everything that rules use.

    Args:
        stores: The stores.
        past: Returns the last content of a deleted file, to recognize renamed ones.
        kept: Has facts about texts that were found out earlier.
        git: Git may be asked, which starts a process.
    """
    snapshots = read_all(stores, kept)
    return tuple(
        context_of(snapshot, read_mentions(snapshot, read_further(snapshot, around, git=git), git=git))
        for snapshot, around in zip(snapshots, read_surroundings(snapshots, past, git=git), strict=True)
    )


def check(stores: Iterable[Store], rules: tuple[Rule, ...]) -> CheckResult:
    """Run rules over stores, each read completely, without agent definitions."""
    return check_found(FoundStores(tuple(stores)), rules)


def check_found(found: FoundStores, rules: tuple[Rule, ...]) -> CheckResult:
    """Run rules over stores and agent definitions, each read completely."""
    contexts = read_contexts(found.stores)
    return check_roster(gather(found, snapshots_of(contexts)), contexts, rules)


def check_contexts(
    contexts: tuple[RuleContext, ...], rules: tuple[Rule, ...], kept: KeptFiles | None = None
) -> CheckResult:
    """Run rules over stores that were read, without agent definitions, and keep what was found out."""
    snapshots = snapshots_of(contexts)
    roster = gather(FoundStores(tuple(snapshot.store for snapshot in snapshots)), snapshots)
    if kept:
        roster = kept.recall_together(roster)
    report = check_roster(roster, contexts, rules)
    if kept:
        kept.keep(roster)
    return report


def snapshots_of(contexts: Iterable[RuleContext]) -> tuple[Snapshot, ...]:
    """Return only the snapshots."""
    return tuple(context.snapshot for context in contexts)


def check_roster(
    roster: Roster, contexts: tuple[RuleContext, ...], rules: tuple[Rule, ...], tick: Tick = no_tick
) -> CheckResult:
    """Run rules over everything that was read, without the findings that a comment suppresses.

    Args:
        roster: Stores and agent definitions together.
        contexts: One for each store of the roster.
        rules: The rules to run.
        tick: Is told how many stores are checked.
    """
    found = without_doubtful_fixes(found_in(roster, contexts, rules, tick))
    report = report_of(roster.snapshots, tuple(found))
    return replace(report, files=report.files + len(roster.judged))


def found_in(
    roster: Roster, contexts: tuple[RuleContext, ...], rules: tuple[Rule, ...], tick: Tick = no_tick
) -> Iterator[Diagnostic]:
    """Yield the same findings, unsorted, with all of their fixes."""
    comments = dict(_comments(roster))
    ran = rules
    if UNUSED in rules:  # run all rules that a comment names, selected or not
        named = {name for each in comments.values() for comment in each for name in comment.names}
        wanted = {find_rule(name, ALL_RULES) for name in named} - set(rules)
        ran = (*rules, *(rule for rule in ALL_RULES if rule in wanted))
    kept, used = apply_suppressions(_run(roster, contexts, ran, tick), comments)
    if UNUSED in rules:
        unused = (
            found
            for snapshot in roster.snapshots
            if (idle := _unused(snapshot, comments, used))
            for found in UNUSED.run_unused(snapshot, idle)
        )
        kept += apply_suppressions(unused, comments)[0]
    codes = {rule.code for rule in rules}
    yield from (each for each in kept if each.code in codes)


def check_together(roster: Roster, rules: tuple[Rule, ...]) -> tuple[Diagnostic, ...]:
    """Run only what rules say of stores and definitions together, without what a comment suppresses.

    Args:
        roster: Stores and agent definitions; few of their files are read.
        rules: The rules to run, without F010.
    """
    found = tuple(roster_findings(roster, rules))
    paths = {each.path for each in found}
    documents = {each.agent.path: each.document for each in roster.judged}
    for snapshot in roster.snapshots:
        places = ((f"{snapshot.store.root}/{path}", path) for path in snapshot.documents)
        documents |= {place: snapshot.documents[path] for place, path in places if place in paths}
    comments = {path: suppressions_of(each) for path, each in documents.items() if path in paths}
    return apply_suppressions(found, comments)[0]


def names_rules(snapshot: Snapshot, codes: tuple[str, ...]) -> bool:
    """Return whether a comment in a store names a rule with one of these codes, or beginnings of codes."""
    comments = (each for document in snapshot.documents.values() for each in suppressions_of(document))
    found = (find_rule(name, ALL_RULES) for comment in comments for name in comment.names)
    return any(rule and rule.code.startswith(codes) for rule in found)


def _run(
    roster: Roster, contexts: tuple[RuleContext, ...], rules: tuple[Rule, ...], tick: Tick
) -> Iterator[Diagnostic]:
    # one after the other, so that what is known of a store need not be kept
    for done, context in enumerate(contexts):
        tick("checking stores", done, len(contexts))
        refused = _refused_index(roster, context.snapshot)
        found = findings_of(context, rules)
        yield from (each for each in found if not refused or not _is_noise(each, refused))
    tick("", 0, 0)  # how long the rest takes is not known
    yield from roster_findings(roster, tuple(rule for rule in rules if rule.code.startswith(ROSTER)))


def _refused_index(roster: Roster, snapshot: Snapshot) -> str:
    """Return the absolute path of an index file that is never loaded, or ""."""
    standing = roster.standings.get(snapshot.store.root)
    if standing is None or refusal(snapshot, standing) is None:
        return ""
    return f"{snapshot.store.root}/{snapshot.store.profile.index_name}"


def _is_noise(found: Diagnostic, refused: str) -> bool:
    """Return whether a finding is about the content of an index file that is never loaded, or its entries."""
    return found.code in _OF_ENTRIES or (found.path == refused and found.code.startswith(_OF_CONTENT))


def _comments(roster: Roster) -> Iterator[tuple[str, tuple[Suppression, ...]]]:
    """Yield the suppression comments of every file that has some, by absolute path."""
    for snapshot in roster.snapshots:
        for document in snapshot.documents.values():
            if comments := suppressions_of(document):
                yield f"{snapshot.store.root}/{document.path}", comments
    for definition in roster.judged:
        if comments := suppressions_of(definition.document):
            yield definition.agent.path, comments


def _unused(
    snapshot: Snapshot, comments: Mapping[str, tuple[Suppression, ...]], used: frozenset[Used]
) -> Mapping[str, tuple[UnusedSuppression, ...]]:
    """Return the suppressions of a store that suppress nothing, by relative path."""
    unused = {}
    for path in snapshot.documents:
        place = f"{snapshot.store.root}/{path}"
        idle = [unused_names(place, each, used, ALL_RULES, UNUSED.code) for each in comments.get(place, ())]
        if any(idle):
            unused[path] = tuple(filter(None, idle))
    return unused
