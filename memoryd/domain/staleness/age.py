"""Memory that was last recorded long ago (P002)."""

from collections.abc import Iterator

from memoryd.domain.dates.written import recorded, stamp
from memoryd.domain.links.names import Names
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.domain.removal.remove import Removal
from memoryd.domain.staleness.outdated import Outlived, types_of, without_line_end
from memoryd.domain.stores.filenames import is_about_files
from memoryd.domain.stores.snapshot import Snapshot


def stale(snapshot: Snapshot) -> Iterator[Outlived]:
    """What was last recorded before the day that the evidence names."""
    cutoff = snapshot.evidence.cutoff
    if cutoff is None:
        return
    for topic in snapshot.topics:
        kind = types_of(snapshot, topic, Span(0, 0))
        if not snapshot.evidence.asks_for(kind) or is_about_files(topic.path):
            continue
        known = recorded(snapshot, topic, any_date=snapshot.evidence.stale_before is not None)
        if known and known.day < cutoff:
            evidence = f"last recorded on {known.day} ({known.how})"
            yield Outlived(topic, Span(topic.body, topic.body), evidence, Removal(topic.path))
    index = snapshot.index
    names = Names(snapshot)
    for entry in index.entries if index else ():
        known = stamp(index, entry.span) if index and entry.kind is BlockKind.LIST else None
        if index and known and known.day < cutoff and not any(names.led_to(index, entry.span)):
            evidence = f"last recorded on {known.day} ({known.how})"
            yield Outlived(
                index, without_line_end(index, entry.span), evidence, Removal(index.path, entry.span)
            )
