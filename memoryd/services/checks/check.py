"""Check stores against rules."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from memoryd.adapters.stores import files
from memoryd.adapters.stores.discovery import Found
from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.results import Report, report_of
from memoryd.domain.checks.rule import Rule
from memoryd.domain.checks.selection import rule_called
from memoryd.domain.checks.suppressions import Suppression, Used, silence, suppressions_of, unused_names
from memoryd.domain.stores.snapshot import Snapshot, Unread
from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.rules.markdown_suppressions import unused_suppression
from memoryd.services.agents import gather
from memoryd.services.stores.read_surroundings import Past, look_around, look_further


def read(store: Store, *, past: Past | None = None) -> Snapshot:
    """Read a store with all that rules want to know of its surroundings.

    Args:
        store: The store.
        past: Remembers what files held that are gone, so that renamed ones are known.
    """
    return look_further(read_all((store,), past=past)[0])


def read_all(stores: Iterable[Store], *, past: Past | None = None, seek: bool = True) -> tuple[Snapshot, ...]:
    """Read several stores, and what is around more than one of them once; see `look_around`."""
    return look_around(map(_snapshot, stores), past, seek=seek)


def _snapshot(store: Store) -> Snapshot:
    try:
        return files.snapshot(store)
    except files.UnreadableError as error:
        return Snapshot(store, {}, unread=(Unread("", error.message),))


def check(stores: Iterable[Store], rules: tuple[Rule, ...]) -> Report:
    """Run rules over stores, each read whole, whoever their agents are."""
    return check_found(Found(tuple(stores)), rules)


def check_found(found: Found, rules: tuple[Rule, ...]) -> Report:
    """Run rules over stores and agent definitions, each read whole."""
    return check_roster(gather(found, tuple(map(look_further, read_all(found.stores)))), rules)


def check_snapshots(snapshots: tuple[Snapshot, ...], rules: tuple[Rule, ...]) -> Report:
    """Run rules over stores that were read, whoever their agents are."""
    return check_roster(gather(Found(tuple(snapshot.store for snapshot in snapshots)), snapshots), rules)


def check_roster(roster: Roster, rules: tuple[Rule, ...]) -> Report:
    """Run rules over all that was read; what a comment silences is left out."""
    comments = dict(_comments(roster))
    ran = rules
    if unused_suppression in rules:  # a suppression is judged by the rules that it names, chosen or not
        named = {name for each in comments.values() for comment in each for name in comment.names}
        wanted = {rule_called(name, ALL_RULES) for name in named} - set(rules)
        ran = (*rules, *(rule for rule in ALL_RULES if rule in wanted))
    kept, used = silence(_run(roster, ran), comments)
    if unused_suppression in rules:
        snapshots = (_with_unused(snapshot, comments, used) for snapshot in roster.snapshots)
        unused = (found for snapshot in snapshots for found in unused_suppression.run(snapshot))
        kept += silence(unused, comments)[0]
    codes = {rule.code for rule in rules}
    report = report_of(roster.snapshots, tuple(each for each in kept if each.code in codes))
    return replace(report, files=report.files + len(roster.judged))


def _run(roster: Roster, rules: tuple[Rule, ...]) -> Iterator[Diagnostic]:
    for rule in rules:
        for snapshot in roster.snapshots:
            yield from rule.run(snapshot)
        yield from rule.run_roster(roster)


def _comments(roster: Roster) -> Iterator[tuple[str, tuple[Suppression, ...]]]:
    """The suppression comments of every file that has some, by absolute path."""
    for snapshot in roster.snapshots:
        for document in snapshot.documents.values():
            if comments := suppressions_of(document):
                yield f"{snapshot.store.root}/{document.path}", comments
    for definition in roster.judged:
        if comments := suppressions_of(definition.document):
            yield definition.agent.path, comments


def _with_unused(
    snapshot: Snapshot, comments: Mapping[str, tuple[Suppression, ...]], used: frozenset[Used]
) -> Snapshot:
    unused = {}
    for path in snapshot.documents:
        place = f"{snapshot.store.root}/{path}"
        idle = [
            unused_names(place, each, used, ALL_RULES, unused_suppression.code)
            for each in comments.get(place, ())
        ]
        if any(idle):
            unused[path] = tuple(filter(None, idle))
    return replace(snapshot, unused=unused)
