import posixpath
from dataclasses import replace
from xml.etree import ElementTree as ET

from hypothesis import given
from reporters.samples import BROKEN, MIXED, hostile_reports

from memoryd.domain.checks.diagnostic import Severity
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.markdown.model import Position
from memoryd.domain.text.escape import visible_line
from memoryd.reporters import junit

TEXT = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="memoryd" tests="5" failures="3" errors="1">
  <testsuite name="s" tests="4" failures="3" errors="0">
    <testcase classname="memoryd.broken-link" name="s/MEMORY.md" file="s/MEMORY.md">
      <failure message="“x.md” does not exist" type="error">\
s/MEMORY.md:3:5: error L001 “x.md” does not exist</failure>
    </testcase>
    <testcase classname="memoryd.index-over-limit" name="s/MEMORY.md" file="s/MEMORY.md">
      <failure message="only part of it is loaded" type="error">\
s/MEMORY.md:99:1: error S001 only part of it is loaded</failure>
    </testcase>
    <testcase classname="memoryd.index-near-limit" name="s/MEMORY.md" file="s/MEMORY.md">
      <failure message="nearly full" type="warning">s/MEMORY.md:7:1: warning S002 nearly full</failure>
    </testcase>
    <testcase classname="memoryd.long-index-entry" name="s/MEMORY.md" file="s/MEMORY.md">
      <system-out>s/MEMORY.md:7:1: info S003 201 characters: 100% of it, or more</system-out>
    </testcase>
  </testsuite>
  <testsuite name="not read" tests="1" failures="0" errors="1">
    <testcase classname="memoryd.not-read" name="s/b.md" file="s/b.md">
      <error message="cannot be read: Permission denied" type="not-read">\
cannot be read: Permission denied</error>
    </testcase>
  </testsuite>
</testsuites>
"""

CLEAN = """\
<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="memoryd" tests="1" failures="0" errors="0">
  <testsuite name="memoryd" tests="1" failures="0" errors="0">
    <testcase classname="memoryd.check" name="nothing found">
      <system-out>1 store, 2 files, 3 links: 0 errors, 0 warnings</system-out>
    </testcase>
  </testsuite>
</testsuites>
"""


def parsed(report: CheckResult) -> ET.Element:
    return ET.fromstring(junit.render(report, "/r").encode())  # noqa: S314  # our own output


def test_one_rule_in_one_file_is_a_test() -> None:
    assert junit.render(MIXED, "/r") == TEXT


def test_nothing_found_is_a_passed_test() -> None:
    assert junit.render(CheckResult(1, 2, 3, (), ()), "/r") == CLEAN


def test_findings_of_one_rule_in_one_file_are_one_failure() -> None:
    later = replace(BROKEN, start=Position(5, 1), message="“y.md” does not exist")
    last = replace(later, start=Position(6, 1), level=Severity.INFO)
    [test] = parsed(CheckResult(1, 1, 3, (BROKEN, later, last), ())).iter("testcase")
    [failure, out] = test
    assert failure.attrib == {"message": "“x.md” does not exist (and 1 more)", "type": "error"}
    assert failure.text == (
        "s/MEMORY.md:3:5: error L001 “x.md” does not exist\ns/MEMORY.md:5:1: error L001 “y.md” does not exist"
    )
    assert (out.tag, out.text) == ("system-out", "s/MEMORY.md:6:1: info L001 “y.md” does not exist")


def test_every_store_is_a_suite_also_one_within_another() -> None:
    stores = ("/r/b", "/r/a/inner", "/r/a")
    found = [replace(BROKEN, store=store, path=f"{store}/MEMORY.md") for store in stores]
    report = CheckResult(3, 3, 3, tuple(sorted(found, key=lambda each: each.sort_key)), ())
    assert [suite.get("name") for suite in parsed(report)] == ["a", "a/inner", "b"]


@given(hostile_reports)
def test_any_text_gives_valid_xml(report: CheckResult) -> None:
    root = parsed(report)
    tests = list(root.iter("testcase"))
    names = [(test.get("classname"), test.get("name"), test.get("file")) for test in tests]
    assert len(set(names)) == len(names)
    assert root.get("tests") == str(len(tests))
    errors = list(root.iter("error"))
    assert [error.get("message") for error in errors] == [visible_line(each.reason) for each in report.unread]
    told = "\n".join(child.text or "" for test in tests for child in test)
    for each in report.diagnostics:
        path = visible_line(posixpath.relpath(each.path, "/r"))
        assert (
            f"{path}:{each.start.line}:{each.start.column}: {each.level} {each.code} "
            f"{visible_line(each.message)}" in told
        )
