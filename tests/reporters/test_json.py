import json
from dataclasses import replace
from typing import Any

from reporters.samples import FIX, REPORT

from memoryd.domain.checks.numbered import NumberedFix
from memoryd.domain.edits.plan import Plan
from memoryd.reporters import json as json_reporter

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


def test_findings_for_machines() -> None:
    assert json.loads(json_reporter.render(REPORT, "/r")) == JSON


def test_changes_for_machines() -> None:
    plan = Plan("compact", (FIX,))
    value = json.loads(json_reporter.render(replace(REPORT, plan=plan), "/r"))
    assert value == JSON | {
        "plan": [{"path": "s/MEMORY.md", "action": "modify", "diff": plan.diff("/r")}],
        "proposals": [],
        "operation": None,
    }
    value = json.loads(json_reporter.render(replace(REPORT, plan=plan, operation=7), "/r"))
    assert value["operation"] == 7


def test_proposed_changes_have_numbers_for_machines() -> None:
    fix = NumberedFix(4, REPORT.diagnostics[:1], lambda: FIX)
    value = json.loads(
        json_reporter.render(replace(REPORT, plan=Plan("prune", (FIX,)), numbered=(fix,)), "/r")
    )
    first = JSON["diagnostics"][0]
    assert value["proposals"] == [
        {"number": 4, **{key: first[key] for key in ("code", "path", "line")}, "title": FIX.title}
    ]
