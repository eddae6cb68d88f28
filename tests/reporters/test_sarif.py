import json
import os
import posixpath
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reporters.samples import BROKEN, FIX, LONG, MIXED, NEAR, OVER, REPORT, hostile_reports

from memoryd import __version__
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.markdown.model import Position
from memoryd.reporters import sarif
from memoryd.rules import ALL_RULES

SCHEMA = Path(__file__).parents[3] / "shared" / "data" / "sarif-schema-2.1.0.json"

Json = dict[str, Any]


def run_of(report: CheckResult, base: str = "/r") -> Json:
    value = json.loads(sarif.render(report, base).encode())
    [run] = value["runs"]
    assert isinstance(run, dict)
    return run


def validator() -> jsonschema.Draft4Validator:
    if not SCHEMA.exists():
        pytest.skip("the SARIF schema is not here")
    return jsonschema.Draft4Validator(json.loads(SCHEMA.read_text()))


def artifact(uri: str) -> Json:
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}


def test_a_finding_is_a_result() -> None:
    [broken, over] = run_of(REPORT)["results"]
    assert len(broken.pop("partialFingerprints")["memoryd/v1"]) == 64
    assert broken == {
        "ruleId": "L001",
        "ruleIndex": [rule.code for rule in ALL_RULES].index("L001"),
        "level": "error",
        "message": {"text": "“x.md” does not exist"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": artifact("s/MEMORY.md"),
                    "region": {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 14},
                }
            }
        ],
    }
    assert over["relatedLocations"] == [
        {
            "id": number,
            "physicalLocation": {
                "artifactLocation": artifact(uri),
                "region": {"startLine": line, "startColumn": 1},
            },
            "message": {"text": text},
        }
        for number, (uri, line, text) in enumerate(
            (
                ("s/MEMORY.md", 99, "never seen: late"),
                ("s/MEMORY.md", 100, "never seen: later"),
                ("s/deep/a.md", 1, "never reached: linked only from there"),
            )
        )
    ]


def test_the_run_says_what_ran_and_what_was_not_read() -> None:
    run = run_of(REPORT)
    assert run["columnKind"] == "unicodeCodePoints"
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("memoryd", __version__)
    assert run["invocations"] == [
        {
            "executionSuccessful": False,
            "toolExecutionNotifications": [
                {
                    "level": "error",
                    "message": {"text": "cannot be read: Permission denied"},
                    "locations": [{"physicalLocation": {"artifactLocation": artifact("s/b.md")}}],
                }
            ],
        }
    ]
    assert run_of(CheckResult(1, 1, 1, (), ()))["invocations"][0]["executionSuccessful"] is True


def test_every_rule_is_told_with_its_page() -> None:
    rules = run_of(REPORT)["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.code for rule in ALL_RULES]
    for told, rule in zip(rules, ALL_RULES, strict=True):
        assert told["name"] == rule.name
        assert told["shortDescription"]["text"] == rule.summary
        assert told["help"]["text"] == rule.page
        assert "in:\n\n    ---" in told["help"]["markdown"]
        assert told["fullDescription"]["text"].startswith(rule.summary)
        assert len(told["fullDescription"]["text"]) <= 1024  # GitHub takes no more
        assert "Found in" not in told["fullDescription"]["text"]
        assert told["defaultConfiguration"]["level"] == {"info": "note"}.get(rule.level, rule.level)


def test_an_info_is_a_note() -> None:
    assert {each["ruleId"]: each["level"] for each in run_of(MIXED)["results"]} == {
        "L001": "error",
        "S001": "error",
        "S002": "warning",
        "S003": "note",
    }


def test_fingerprints_stay_when_lines_move_and_differ_within_a_line() -> None:
    def known_by(*found: Any) -> list[str]:  # noqa: ANN401  # diagnostics
        results = run_of(CheckResult(1, 1, 1, found, ()))["results"]
        return [each["partialFingerprints"]["memoryd/v1"] for each in results]

    moved = replace(BROKEN, start=Position(40, 5), end=Position(40, 14))
    beside = replace(BROKEN, start=Position(3, 20), end=Position(3, 29))
    assert known_by(BROKEN) == known_by(moved)
    assert len({*known_by(BROKEN, beside, NEAR, LONG)}) == 4


def test_a_message_makes_no_link() -> None:
    linking = replace(BROKEN, message="“[x](https://example.com)” does not exist")
    [result] = run_of(CheckResult(1, 1, 1, (linking,), ()))["results"]
    assert result["message"]["text"] == "“[x]\\(https://example.com)” does not exist"


def test_names_are_percent_encoded_bytes() -> None:
    odd = replace(BROKEN, path="/r/a b/é:\udcff#%.md")
    [result] = run_of(CheckResult(1, 1, 1, (odd,), ()))["results"]
    [location] = result["locations"]
    assert location["physicalLocation"]["artifactLocation"] == artifact("a%20b/%C3%A9%3A%FF%23%25.md")


def test_the_sample_is_valid() -> None:
    nothing = CheckResult(0, 0, 0, (), ())
    fixed = replace(REPORT, diagnostics=(replace(BROKEN, fix=FIX),))
    for report in (MIXED, REPORT, fixed, nothing):
        assert list(validator().iter_errors(json.loads(sarif.render(report, "/r")))) == []


@settings(max_examples=25)
@given(hostile_reports)
def test_any_text_gives_a_valid_log(report: CheckResult) -> None:
    value = json.loads(sarif.render(report, "/r").encode())
    if SCHEMA.exists():
        assert list(validator().iter_errors(value)) == []
    for result, each in zip(value["runs"][0]["results"], report.diagnostics, strict=True):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert unquote_to_bytes(uri) == os.fsencode(posixpath.relpath(each.path, "/r"))
        assert ":" not in uri


# Fixes


def fixes(*changes: FileChange, applicability: Applicability = Applicability.SAFE) -> list[Json]:
    fix = Fix("mend it", applicability, changes)
    [result] = run_of(CheckResult(1, 1, 1, (replace(BROKEN, fix=fix),), ()))["results"]
    told = result.get("fixes", [])
    assert isinstance(told, list)
    return told


def change(before: bytes | None, after: bytes | None) -> FileChange:
    return FileChange("/r/s", "/r/s/MEMORY.md", before, after)


def offset(text: str, line: int, column: int) -> int:
    """Where a line and column, from 1, stand; both have to be there."""
    lines = text.split("\n")
    assert column <= len(lines[line - 1]) + 1
    return sum(len(each) + 1 for each in lines[: line - 1]) + column - 1


def applied(before: bytes, replacements: list[Json]) -> bytes:
    """What an editor makes of a file."""
    mark = before[: before.startswith(b"\xef\xbb\xbf") * 3]
    text = before.removeprefix(mark).decode()
    for each in reversed(replacements):
        region = each["deletedRegion"]
        start = offset(text, region["startLine"], region["startColumn"])
        end = offset(text, region["endLine"], region["endColumn"])
        assert start <= end
        text = text[:start] + each["insertedContent"]["text"] + text[end:]
    return mark + text.encode()


@pytest.mark.parametrize(
    ("before", "after", "regions"),
    [
        (b"a\nb\nc\n", b"a\nB\nc\n", [(2, 1, 3, 1)]),
        (b"a\nb\nc\n", b"a\nc\n", [(2, 1, 3, 1)]),
        (b"a\nb\n", b"a\nb\nc\n", [(3, 1, 3, 1)]),
        (b"a\nb", b"a\nb\nc", [(2, 1, 2, 2)]),
        (b"a\nb", b"a", [(1, 1, 2, 2)]),
        (b"a\r\nb\r\nc", b"a\r\nb", [(2, 1, 3, 2)]),
        (b"a\nb\nc\nd\ne\n", b"A\nb\nc\nd\nE\n", [(1, 1, 2, 1), (5, 1, 6, 1)]),
        (b"\xef\xbb\xbfa\nb\n", b"\xef\xbb\xbfA\nb\n", [(1, 1, 2, 1)]),
        ("é\u2028x\nb\n".encode(), "é\u2028y\nb\n".encode(), [(1, 1, 2, 1)]),
    ],
)
def test_a_fix_replaces_whole_lines_and_no_others(
    before: bytes, after: bytes, regions: list[tuple[int, ...]]
) -> None:
    [fix] = fixes(change(before, after))
    assert fix["description"] == {"text": "mend it"}
    [changed] = fix["artifactChanges"]
    assert changed["artifactLocation"] == artifact("s/MEMORY.md")
    assert [tuple(each["deletedRegion"].values()) for each in changed["replacements"]] == regions
    assert applied(before, changed["replacements"]) == after


lines = st.lists(st.sampled_from(["a", "b", "", "\r", "- é", "\U0001f600\r", "\f", "x\u2028y"]), max_size=7)
contents = lines.map("\n".join).map(str.encode)


@given(contents, contents)
def test_a_fix_is_told_exactly(before: bytes, after: bytes) -> None:
    told = fixes(change(before, after))
    if before and after and before != after:
        [changed] = told[0]["artifactChanges"]
        assert applied(before, changed["replacements"]) == after
    else:
        assert told == []


@pytest.mark.parametrize(
    "other",
    [
        change(None, b"new\n"),
        change(b"old\n", None),
        change(b"caf\xe9\n", b"x\n"),
        change(b"\xef\xbb\xbfa\n", b"a\n"),
    ],
)
def test_a_fix_that_cannot_be_told_whole_is_not_told(other: FileChange) -> None:
    assert fixes(change(b"a\n", b"b\n"), other) == []


def test_a_fix_that_is_only_shown_is_not_told() -> None:
    assert fixes(change(b"a\n", b"b\n"), applicability=Applicability.DISPLAY) == []
    assert fixes(change(b"a\n", b"b\n"), applicability=Applicability.UNSAFE) != []


def test_a_fix_that_findings_share_is_told_once() -> None:
    found = (replace(BROKEN, fix=FIX), replace(OVER, fix=replace(FIX)))
    results = run_of(CheckResult(1, 1, 1, found, ()))["results"]
    assert ["fixes" in each for each in results] == [True, False]
