"""Check stores against rules."""

from collections.abc import Iterable
from dataclasses import replace

from memoryd.adapters import files, git
from memoryd.domain.document import Snapshot, Unread
from memoryd.domain.links import exists
from memoryd.domain.lint import Rule
from memoryd.domain.report import Report, report_of
from memoryd.domain.store import Store


def read(store: Store) -> Snapshot:
    """Read a store with all that rules want to know of its surroundings."""
    try:
        snapshot = files.snapshot(store)
    except files.UnreadableError as error:
        return Snapshot(store, {}, unread=(Unread("", error.message),))
    targets = files.link_targets(store, snapshot.documents.values())
    absent = [place for place in targets if not exists(place, snapshot.listings)]
    return replace(snapshot, ignored=git.ignored(absent, store.root))


def check(stores: Iterable[Store], rules: tuple[Rule, ...]) -> Report:
    """Run rules over stores, each read whole."""
    return check_snapshots(tuple(read(store) for store in stores), rules)


def check_snapshots(snapshots: tuple[Snapshot, ...], rules: tuple[Rule, ...]) -> Report:
    """Run rules over stores that were read."""
    found = (diagnostic for snapshot in snapshots for rule in rules for diagnostic in rule.run(snapshot))
    return report_of(snapshots, tuple(found))
