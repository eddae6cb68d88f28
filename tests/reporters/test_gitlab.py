import json
import posixpath
from dataclasses import replace
from typing import Any

from hypothesis import given
from reporters.samples import BROKEN, LONG, MIXED, NEAR, OVER, REPORT, hostile_reports

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.results import CheckResult, fingerprints
from memoryd.domain.markdown.model import Position
from memoryd.domain.text.escape import visible_line
from memoryd.reporters import gitlab


def issues(*found: Diagnostic, base: str = "/r") -> list[dict[str, Any]]:
    value = json.loads(gitlab.render(CheckResult(1, 1, 1, found, ()), base))
    assert isinstance(value, list)
    return value


def test_findings_are_issues_of_code_quality() -> None:
    text = gitlab.render(MIXED, "/r")
    assert text.endswith("]\n")
    assert [
        {key: value for key, value in each.items() if key != "fingerprint"} for each in json.loads(text)
    ] == [
        {
            "description": description,
            "check_name": name,
            "severity": severity,
            "location": {"path": path, "lines": {"begin": line}},
        }
        for description, name, severity, path, line in (
            ("cannot be read: Permission denied", "not-read", "critical", "s/b.md", 1),
            ("L001 “x.md” does not exist", "broken-link", "major", "s/MEMORY.md", 3),
            ("S002 nearly full", "index-near-limit", "minor", "s/MEMORY.md", 7),
            ("S003 201 characters: 100% of it, or more", "long-index-entry", "info", "s/MEMORY.md", 7),
            ("S001 only part of it is loaded", "index-over-limit", "major", "s/MEMORY.md", 99),
        )
    ]


def test_nothing_found_is_an_empty_list() -> None:
    assert gitlab.render(CheckResult(1, 1, 1, (), ()), "/r") == "[]\n"


def test_a_fingerprint_stays_when_the_finding_moves() -> None:
    moved = replace(BROKEN, start=Position(40, 1), end=Position(40, 10), message="said in other words")
    assert issues(BROKEN)[0]["fingerprint"] == issues(moved)[0]["fingerprint"]


def test_a_fingerprint_stays_when_the_repository_lies_elsewhere() -> None:
    elsewhere = replace(BROKEN, path="/home/ann/s/MEMORY.md", store="/home/ann/s")
    assert issues(BROKEN)[0]["fingerprint"] == issues(elsewhere, base="/home/ann")[0]["fingerprint"]


def test_a_fingerprint_tells_rule_file_text_and_number() -> None:
    others = (
        BROKEN,
        BROKEN,
        replace(BROKEN, code="L002"),
        replace(BROKEN, path="/r/s/a.md"),
        replace(BROKEN, quoted="[é](y.md)"),
        OVER,
        NEAR,
        LONG,
    )
    assert len({each["fingerprint"] for each in issues(*others)}) == len(others)


@given(hostile_reports)
def test_any_text_gives_valid_issues(report: CheckResult) -> None:
    value = json.loads(gitlab.render(report, "/r").encode())
    paths = [each.path for each in report.unread] + [each.path for each in report.diagnostics]
    assert [each["location"]["path"] for each in value] == [
        visible_line(posixpath.relpath(path, "/r")) for path in paths
    ]
    assert len({each["fingerprint"] for each in value}) == len(value)


@given(hostile_reports)
def test_fingerprints_are_all_different(report: CheckResult) -> None:
    twice = replace(REPORT, diagnostics=tuple(each for each in report.diagnostics for _ in range(2)))
    assert len(set(fingerprints(twice, "/r"))) == len(twice.diagnostics)
