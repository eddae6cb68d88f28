"""Report without names, paths and texts, to show to others."""

from dataclasses import replace

from memoryd.domain.report.model import (
    Compaction,
    NotePlace,
    Report,
    ReportedFinding,
    SimilarNotes,
    StoreReport,
    Topic,
    UnseenEntry,
)

_TEXT = "(text left out)"


def redacted(report: Report) -> Report:
    """Return the same numbers with neither a name nor a path nor a text of the memory."""
    stores = tuple(_store(store, number) for number, store in enumerate(report.stores, 1))
    definitions = tuple(
        replace(_finding(each, {}), path=f"definition {number}")
        for number, each in enumerate(report.definitions, 1)
    )
    return replace(report, is_redacted=True, stores=stores, definitions=definitions)


def _store(store: StoreReport, number: int) -> StoreReport:
    names = {store.index_name: "index file"}
    paths = [topic.path for topic in store.topics]
    paths += [finding.path for finding in store.findings]
    paths += [place.path for each in store.similar for place in (each.one, each.other)]
    paths += [moved.path for each in store.compactions for moved in each.moved]
    for path in paths:
        names.setdefault(path, f"file {len(names)}")
    return replace(
        store,
        agent=f"store {number}",
        store="",
        index_name="index file",
        unseen=tuple(UnseenEntry(each.line, _TEXT) for each in store.unseen),
        findings=tuple(_finding(each, names) for each in store.findings),
        similar=tuple(_similar(each, names) for each in store.similar),
        topics=tuple(_topic(each, names) for each in store.topics),
        compactions=tuple(_compaction(each, names) for each in store.compactions),
    )


def _finding(finding: ReportedFinding, names: dict[str, str]) -> ReportedFinding:
    return replace(finding, path=names.get(finding.path, _TEXT), message="")


def _similar(similar: SimilarNotes, names: dict[str, str]) -> SimilarNotes:
    one, other = (NotePlace(names[each.path], each.line, _TEXT) for each in (similar.one, similar.other))
    return SimilarNotes(similar.verdict, one, other, "")


def _topic(topic: Topic, names: dict[str, str]) -> Topic:
    broken = tuple(f"broken {number}" for number, _ in enumerate(topic.broken, 1))
    return replace(topic, path=names[topic.path], broken=broken)


def _compaction(compaction: Compaction, names: dict[str, str]) -> Compaction:
    moved = tuple(replace(each, path=names[each.path]) for each in compaction.moved)
    return replace(compaction, outcome="compacted", moved=moved)
