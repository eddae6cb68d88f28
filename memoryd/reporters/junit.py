"""JUnit XML for GitLab and Jenkins.

A test is one rule in one file. GitLab identifies a test by `classname`, `name` and `file`, and ignores
duplicates and a second `failure`. Jenkins reads the part of `classname` before the last dot as a package.
Both show the text of a `failure` and hide passed tests.
"""

import posixpath
from itertools import groupby
from operator import attrgetter
from xml.etree import ElementTree as ET

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.results import CheckResult
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.domain.text.escape import visible_line, without_marks


def render(report: CheckResult, base: str) -> str:
    """Return a report as XML, paths relative to `base`, with a suite for each store with findings."""
    by_store, by_test = attrgetter("store"), attrgetter("path", "code")
    found = sorted(report.diagnostics, key=attrgetter("store", "path", "code"))
    suites = [
        _group(
            "testsuite",
            posixpath.relpath(store, base),
            [_test(list(of_one), base) for _, of_one in groupby(of_store, by_test)],
        )
        for store, of_store in groupby(found, by_store)
    ]
    if report.unread:
        suites.append(_group("testsuite", "not read", [_unread(each, base) for each in report.unread]))
    if not suites:  # Jenkins rejects a report without tests
        suites.append(_group("testsuite", "memoryd", [_nothing_found(report)]))
    root = _group("testsuites", "memoryd", suites)
    ET.indent(root)
    text = without_marks(ET.tostring(root, encoding="unicode"))
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _group(tag: str, name: str, members: list[ET.Element]) -> ET.Element:
    """Return an element of suites or tests, with their counts."""
    group = ET.Element(tag, name=visible_line(name))
    group.extend(members)
    for key, counted in (("tests", "testcase"), ("failures", "failure"), ("errors", "error")):
        group.set(key, str(sum(1 for _ in group.iter(counted))))
    return group


def _test(diagnostics: list[Diagnostic], base: str) -> ET.Element:
    """Return the findings of one rule in one file; those of level `info` are output, not failures."""
    test = _case(diagnostics[0].name, posixpath.relpath(diagnostics[0].path, base))
    failures = [each for each in diagnostics if each.level is not Severity.INFO]
    notes = [each for each in diagnostics if each.level is Severity.INFO]
    if failures:
        more = f" (and {len(failures) - 1:,} more)" if len(failures) > 1 else ""
        worst = min((each.level for each in failures), key=lambda level: level.rank)
        _add(test, "failure", _lines(failures, base), message=failures[0].message + more, type=worst)
    if notes:
        _add(test, "system-out", _lines(notes, base))
    return test


def _unread(unread: UnreadFile, base: str) -> ET.Element:
    test = _case("not-read", posixpath.relpath(unread.path, base))
    _add(test, "error", visible_line(unread.reason), message=unread.reason, type="not-read")
    return test


def _nothing_found(report: CheckResult) -> ET.Element:
    test = ET.Element("testcase", classname="memoryd.check", name="nothing found")
    _add(test, "system-out", report.summary)
    return test


def _case(rule: str, path: str) -> ET.Element:
    return ET.Element(
        "testcase", classname=f"memoryd.{rule}", name=visible_line(path), file=visible_line(path)
    )


def _add(test: ET.Element, tag: str, text: str, **attributes: str) -> None:
    child = ET.SubElement(test, tag, {key: visible_line(value) for key, value in attributes.items()})
    child.text = text


def _lines(diagnostics: list[Diagnostic], base: str) -> str:
    """Return one line for each finding, as compilers print them."""
    return "\n".join(
        visible_line(
            f"{posixpath.relpath(each.path, base)}:{each.start.line}:{each.start.column}: "
            f"{each.level} {each.code} {each.message}"
        )
        for each in diagnostics
    )
