"""Stable machine format; keys are only added."""

import posixpath

from memoryd.domain.checks.diagnostic import Diagnostic, Severity, relative
from memoryd.domain.checks.numbered import NumberedFix
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.edits.plan import Plan
from memoryd.domain.text.escape import json_text


def render(report: CheckResult, base: str) -> str:
    """Return a report as text, paths relative to `base`."""
    value: dict[str, object] = {
        "version": 1,
        "summary": {
            "stores": report.stores,
            "files": report.files,
            "links": report.links,
            **{f"{level}s": report.count(level) for level in Severity},
        },
        "diagnostics": [_diagnostic(diagnostic, base) for diagnostic in report.diagnostics],
        "unread": [
            {"path": posixpath.relpath(each.path, base), "reason": each.reason} for each in report.unread
        ],
    }
    if report.plan is not None:
        proposals = [_proposal(each, base) for each in report.numbered]
        value |= {"plan": _plan(report.plan, base), "proposals": proposals, "operation": report.operation}
    return json_text(value)


def _diagnostic(diagnostic: Diagnostic, base: str) -> dict[str, object]:
    fix = diagnostic.fix
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "level": diagnostic.level,
        "store": relative(diagnostic.store, base),
        "path": diagnostic.path_from(base),
        "line": diagnostic.start.line,
        "column": diagnostic.start.column,
        "end_line": diagnostic.end.line,
        "end_column": diagnostic.end.column,
        "message": diagnostic.message,
        "related": [
            {
                "path": relative(place.path, base),
                "line": place.position.line,
                "column": place.position.column,
                "message": place.message,
            }
            for place in diagnostic.related
        ],
        "fix": {"title": fix.title, "applicability": fix.applicability} if fix else None,
    }


def _proposal(proposed: NumberedFix, base: str) -> dict[str, object]:
    return {
        "number": proposed.number,
        "code": proposed.place.code,
        "path": proposed.place.path_from(base),
        "line": proposed.place.start.line,
        "title": proposed.fix.title,
    }


def _plan(plan: Plan, base: str) -> list[dict[str, str]]:
    return [
        {"path": posixpath.relpath(change.path, base), "action": change.action, "diff": change.diff(base)}
        for change in plan.changes
    ]
