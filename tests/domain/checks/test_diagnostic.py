from pathlib import Path

from memoryd.domain.checks.diagnostic import Severity
from memoryd.domain.checks.results import report_of
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import read_contexts


def store(directory: Path, agent: str, files: dict[str, bytes]) -> Path:
    root = directory / ".claude" / "agent-memory" / agent
    root.mkdir(parents=True)
    for path, content in files.items():
        (root / path).write_bytes(content)
    return root


def test_diagnostics_are_sorted_by_place_whatever_order_they_came_in(tmp_path: Path) -> None:
    files = {"MEMORY.md": b"[b](b.md)\n\n[a](a.md) [c](c.md)\n" + b"- x\n" * 201, "lost.md": b"\xff\n"}
    (context,) = read_contexts((agent_store(str(store(tmp_path, "one", files)), user=False),))
    snapshot = context.snapshot
    found = [diagnostic for rule in ALL_RULES for diagnostic in rule.run(context)]
    report = report_of((snapshot,), tuple(found))
    assert report == report_of((snapshot,), tuple(reversed(found)))
    assert [(each.path.rpartition("/")[2], each.start.line, each.code) for each in report.diagnostics] == [
        ("MEMORY.md", 1, "L001"),
        ("MEMORY.md", 3, "L001"),
        ("MEMORY.md", 3, "L001"),
        ("MEMORY.md", 201, "S001"),
        ("lost.md", 1, "F008"),
        ("lost.md", 1, "L004"),
    ]


def test_levels_rank_from_the_most_severe() -> None:
    assert sorted(Severity, key=lambda level: level.rank) == [Severity.ERROR, Severity.WARNING, Severity.INFO]
