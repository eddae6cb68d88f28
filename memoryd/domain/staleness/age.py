"""Memory that was last recorded long ago (P002)."""

from collections.abc import Iterator

from memoryd.domain.checks.options import RuleOptions
from memoryd.domain.dates.written import date_stamp, recorded
from memoryd.domain.git.evidence import LONG_AGO, Evidence
from memoryd.domain.links.names import names_of
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.domain.removal.remove import Removal
from memoryd.domain.staleness.outdated import OutdatedMemory, asks_for, types_of, without_line_end
from memoryd.domain.stores.filenames import is_about_files
from memoryd.domain.stores.snapshot import Snapshot


def stale(snapshot: Snapshot, evidence: Evidence, options: RuleOptions) -> Iterator[OutdatedMemory]:
    """Yield memory that was last recorded before the day from which memory counts as fresh.

    Args:
        snapshot: The store.
        evidence: The day of the examination, and the last commits of files.
        options: The requested types and day; without a day, memory ages in `LONG_AGO`.
    """
    cutoff = options.stale_before or (evidence.today - LONG_AGO if evidence.today else None)
    if cutoff is None:
        return
    for topic in snapshot.topics:
        kind = types_of(snapshot, topic, Span(0, 0))
        if not asks_for(options.types, kind) or is_about_files(topic.path):
            continue
        commit = evidence.committed.get(f"{snapshot.store.root}/{topic.path}")
        known = recorded(topic, commit, any_date=options.stale_before is not None)
        if known and known.day < cutoff:
            said = f"last recorded on {known.day} ({known.how})"
            yield OutdatedMemory(topic, Span(topic.body, topic.body), said, Removal(topic.path))
    index = snapshot.index
    names = names_of(snapshot)
    for entry in index.entries if index else ():
        known = date_stamp(index, entry.span) if index and entry.kind is BlockKind.LIST else None
        if index and known and known.day < cutoff and not any(names.led_to(index, entry.span)):
            said = f"last recorded on {known.day} ({known.how})"
            yield OutdatedMemory(
                index, without_line_end(index, entry.span), said, Removal(index.path, entry.span)
            )
