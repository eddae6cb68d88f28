import json
from dataclasses import replace
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from reporters.samples import BROKEN, FIX, REPORT

from memoryd.domain.checks.results import Report
from memoryd.domain.edits.plan import Plan
from memoryd.domain.markdown.model import Position
from memoryd.domain.stores.store import agent_store
from memoryd.reporters import concise, full
from memoryd.reporters import json as json_reporter
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

every_format = pytest.mark.parametrize(
    "reporter", [concise, full, json_reporter], ids=lambda each: each.__name__
)

CONCISE = """\
s/MEMORY.md:3:5: error L001 “x.md” does not exist
s/MEMORY.md:99:1: error S001 only part of it is loaded
s/b.md: cannot be read: Permission denied
1 store, 2 files, 3 links: 2 errors, 0 warnings
"""

FULL = """\
error L001 broken-link: “x.md” does not exist
 --> s/MEMORY.md:3:5
  |
3 | - 一 [é](x.md) — hook
  |      ^^^^^^^^^

error S001 index-over-limit: only part of it is loaded
  --> s/MEMORY.md:99:1
   |
99 | - late
   | ^^^^^^
   = line  99: never seen: late
   = line 100: never seen: later
   = s/deep/a.md:1: never reached: linked only from there
   = fix (safe): move 2 parts to 1 topic file

s/b.md: cannot be read: Permission denied

1 store, 2 files, 3 links: 2 errors, 0 warnings
"""

PLACE = {"code": "L001", "name": "broken-link", "level": "error", "store": "s", "path": "s/MEMORY.md"}
JSON: dict[str, Any] = {
    "version": 1,
    "summary": {"stores": 1, "files": 2, "links": 3, "errors": 2, "warnings": 0, "infos": 0},
    "diagnostics": [
        PLACE
        | {"line": 3, "column": 5, "end_line": 3, "end_column": 14, "message": "“x.md” does not exist"}
        | {"related": [], "fix": None},
        PLACE
        | {"code": "S001", "name": "index-over-limit", "message": "only part of it is loaded"}
        | {"line": 99, "column": 1, "end_line": 99, "end_column": 7}
        | {
            "related": [
                {"path": "s/MEMORY.md", "line": 99, "column": 1, "message": "never seen: late"},
                {"path": "s/MEMORY.md", "line": 100, "column": 1, "message": "never seen: later"},
                {"path": "s/deep/a.md", "line": 1, "column": 1}
                | {"message": "never reached: linked only from there"},
            ],
            "fix": {"title": "move 2 parts to 1 topic file", "applicability": "safe"},
        },
    ],
    "unread": [{"path": "s/b.md", "reason": "cannot be read: Permission denied"}],
}


def test_one_line_a_finding() -> None:
    assert concise.render(REPORT, "/r") == CONCISE


def test_findings_with_their_source() -> None:
    assert full.render(REPORT, "/r") == FULL


def test_findings_for_machines() -> None:
    assert json.loads(json_reporter.render(REPORT, "/r")) == JSON


def test_changes_for_machines() -> None:
    plan = Plan("compact", (FIX,))
    value = json.loads(json_reporter.render(replace(REPORT, plan=plan), "/r"))
    assert value == JSON | {
        "plan": [{"path": "s/MEMORY.md", "action": "modify", "diff": plan.diff("/r")}],
        "operation": None,
    }
    value = json.loads(json_reporter.render(replace(REPORT, plan=plan, operation=7), "/r"))
    assert value["operation"] == 7


@every_format
def test_nothing_found_still_says_what_was_checked(reporter: ModuleType) -> None:
    text = reporter.render(Report(1, 0, 0, (), ()), "/r")
    assert text.endswith("\n")
    assert (
        text == "1 store, 0 files, 0 links: 0 errors, 0 warnings\n" or json.loads(text)["diagnostics"] == []
    )


@every_format
@pytest.mark.parametrize(
    ("base", "shown"), [("/r/s", "MEMORY.md"), ("/r/s/deep", "../MEMORY.md"), ("/", "r/s/MEMORY.md")]
)
def test_paths_are_relative_with_forward_slashes(reporter: ModuleType, base: str, shown: str) -> None:
    text = reporter.render(REPORT, base)
    assert shown in text
    assert "/r/s/MEMORY.md" not in text


@every_format
def test_the_same_store_gives_the_same_bytes(reporter: ModuleType, tmp_path: Path) -> None:
    root = tmp_path / ".claude" / "agent-memory" / "reviewer"
    root.mkdir(parents=True)
    (root / "MEMORY.md").write_text("- [a](a.md) [b](b.md)\n" * 150, encoding="utf-8")
    for name in "zyx":
        (root / f"{name}.md").write_bytes(b"caf\xe9\n")
    store = agent_store(str(root), user=False)
    texts = {reporter.render(check([store], ALL_RULES), str(tmp_path)) for _ in range(3)}
    assert len(texts) == 1


def excerpt(line: str, meant: str) -> tuple[str, str]:
    """The source line and the carets as `full` shows them, without margin."""
    start = line.index(meant)
    shown = replace(
        BROKEN, source_line=line, start=Position(3, start + 1), end=Position(3, start + 1 + len(meant))
    )
    lines = full.render(Report(1, 1, 1, (shown,), ()), "/r").splitlines()
    return lines[3].removeprefix("3 | "), lines[4].removeprefix("  | ")


@pytest.mark.parametrize(
    ("line", "shown", "carets"),
    [
        ("- [x](y.md)", "- [x](y.md)", "  ^^^^^^^^^"),
        ("\t- [x](y.md)", " - [x](y.md)", "   ^^^^^^^^^"),
        ("- 目次 [x](y.md)", "- 目次 [x](y.md)", "       ^^^^^^^^^"),
        ("- e\u0301 [x](y.md)", "- e\u0301 [x](y.md)", "    ^^^^^^^^^"),
        ("- \U0001f600 [x](y.md)", "- \U0001f600 [x](y.md)", "     ^^^^^^^^^"),
    ],
)
def test_carets_stand_under_what_is_meant(line: str, shown: str, carets: str) -> None:
    assert excerpt(line, "[x](y.md)") == (shown, carets)


def test_a_wide_link_has_wide_carets() -> None:
    assert excerpt("- [目次](目次.md)", "[目次](目次.md)")[1] == "  " + "^" * 15


@pytest.mark.parametrize("before", [0, 100, 155, 160, 5_000])
@pytest.mark.parametrize("after", [0, 30, 5_000])
def test_of_a_long_line_the_part_that_is_meant_is_shown(before: int, after: int) -> None:
    shown, carets = excerpt("a" * before + "[x](y.md)" + "b" * after, "[x](y.md)")
    assert len(shown) <= 160
    assert shown[carets.index("^") : len(carets)] == "[x](y.md)"
    assert shown.startswith("…") == (before + 9 > 159 and before + after + 9 > 160)


def test_what_is_meant_may_itself_be_too_long() -> None:
    shown, carets = excerpt("- " + "x" * 500, "x" * 500)
    assert (len(shown), shown[-1], len(carets)) == (160, "…", 160)


def test_an_empty_line_is_not_shown() -> None:
    nothing = replace(BROKEN, source_line="", end=BROKEN.start)
    assert full.render(Report(1, 1, 1, (nothing,), ()), "/r") == (
        "error L001 broken-link: “x.md” does not exist\n --> s/MEMORY.md:3:5\n"
        "\n1 store, 1 file, 1 link: 1 error, 0 warnings\n"
    )
