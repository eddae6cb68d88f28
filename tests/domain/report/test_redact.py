from dataclasses import asdict, replace
from json import dumps

from memoryd.domain.report.model import (
    Compaction,
    FillPoint,
    MovedLines,
    NotePlace,
    Report,
    ReportedFinding,
    SimilarNotes,
    StoreReport,
    Topic,
    UnseenEntry,
    Writes,
)
from memoryd.domain.report.redact import redacted

CANARY = "canary"
FINDING = ReportedFinding("L001", "broken-link", "error", f"{CANARY}.md", 3, f'"{CANARY}" does not exist')
MOVED = MovedLines(f"{CANARY}.md", 2)
STORE = StoreReport(
    agent=CANARY,
    scope="user",
    store=f"/home/{CANARY}",
    index_name=f"{CANARY}-index.md",
    has_index=True,
    lines=3,
    units=30,
    unit="UTF-16 units",
    limit_lines=200,
    limit_units=None,
    used=0.4,
    cut_line=2,
    files=2,
    errors=1,
    warnings=0,
    changed=7.0,
    unseen=(UnseenEntry(5, CANARY),),
    trend=(FillPoint(1.0, 0.2),),
    writes=(Writes("2026-01-01", "git", 2),),
    is_detailed=True,
    findings=(FINDING, replace(FINDING, path=f"{CANARY}-index.md")),
    similar=(
        SimilarNotes("near", NotePlace(f"{CANARY}.md", 1, CANARY), NotePlace("b.md", 2, CANARY), CANARY),
    ),
    topics=(
        Topic(f"{CANARY}-index.md", "index", (1,), (CANARY, f"{CANARY}2")),
        Topic(f"{CANARY}.md", "seen", (), ()),
    ),
    compactions=(Compaction(3, 9.0, f"{CANARY}.md had 3 lines", is_undone=False, moved=(MOVED,)),),
)
REPORT = Report(9.0, 1.0, is_redacted=False, has_history=True, stores=(STORE, STORE), definitions=(FINDING,))


def test_no_name_path_or_text_remains() -> None:
    assert CANARY in dumps(asdict(REPORT))
    assert CANARY not in dumps(asdict(redacted(REPORT)))


def test_the_numbers_stay() -> None:
    found = redacted(REPORT)
    assert found.is_redacted
    for store in found.stores:
        assert (store.used, store.lines, store.errors) == (0.4, 3, 1)
        assert store.trend == STORE.trend
        assert store.writes == STORE.writes
        assert [each.code for each in store.findings] == ["L001", "L001"]
        assert [len(topic.broken) for topic in store.topics] == [2, 0]


def test_a_file_has_one_name_in_all_parts_of_a_store() -> None:
    one, other = redacted(REPORT).stores
    assert one.agent != other.agent
    names = {
        one.topics[1].path,
        one.findings[0].path,
        one.similar[0].one.path,
        one.compactions[0].moved[0].path,
    }
    assert len(names) == 1
    assert one.topics[0].path == one.findings[1].path == one.index_name
