from pathlib import Path

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check


def store(directory: Path, agent: str, files: dict[str, bytes]) -> Path:
    root = directory / ".claude" / "agent-memory" / agent
    root.mkdir(parents=True)
    for path, content in files.items():
        (root / path).write_bytes(content)
    return root


def test_a_report_counts_what_was_checked_and_found(tmp_path: Path) -> None:
    one = store(tmp_path, "one", {"MEMORY.md": b"[x](gone.md) [[y]]\n", "lost.md": b"[z](lost.md)\n"})
    two = store(tmp_path, "two", {})
    report = check([agent_store(str(root), user=False) for root in (one, two)], ALL_RULES)
    assert (report.stores, report.files, report.links) == (2, 2, 3)
    assert {level: report.count(level) for level in Severity} == {
        Severity.ERROR: 1,
        Severity.WARNING: 1,
        Severity.INFO: 1,
    }
    assert report.summary == "2 stores, 2 files, 3 links: 1 error, 1 warning, 1 info"


def test_numbers_are_spelled_right() -> None:
    assert CheckResult(1, 1, 1, (), ()).summary == "1 store, 1 file, 1 link: 0 errors, 0 warnings"
    assert CheckResult(0, 1234, 0, (), ()).summary == "0 stores, 1,234 files, 0 links: 0 errors, 0 warnings"


def test_infos_are_counted_only_where_there_are_any(tmp_path: Path) -> None:
    root = store(tmp_path, "one", {"MEMORY.md": b"[x](gone.md)\n"})
    [found] = check([agent_store(str(root), user=False)], ALL_RULES).diagnostics
    info = Diagnostic(**{name: getattr(found, name) for name in found.__slots__} | {"level": Severity.INFO})
    assert (
        CheckResult(1, 1, 1, (info,), ()).summary == "1 store, 1 file, 1 link: 0 errors, 0 warnings, 1 info"
    )


def test_what_could_not_be_read_is_named(tmp_path: Path) -> None:
    root = store(tmp_path, "one", {"MEMORY.md": b"# x\n"})
    (root / "gone.md").symlink_to(root / "nowhere.md")
    report = check([agent_store(str(root), user=False)], ALL_RULES)
    [unread] = report.unread
    assert unread.path == str(root / "gone.md")
    assert unread.reason == "cannot be read: No such file or directory"
