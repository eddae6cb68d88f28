"""SARIF 2.1.0 for GitHub code scanning and editors."""

import posixpath
import re
from codecs import BOM_UTF8
from itertools import takewhile
from urllib.parse import quote

from memoryd import __version__
from memoryd.domain.checks.diagnostic import Diagnostic, RelatedLocation, Severity
from memoryd.domain.checks.results import CheckResult, fingerprints
from memoryd.domain.checks.rule import Rule
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.markdown.model import Position
from memoryd.domain.security.secrets import secrets_in
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.domain.text.escape import json_text, visible_line
from memoryd.domain.text.line_diff import LineMatcher
from memoryd.rules import ALL_RULES
from memoryd.values import regex

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
# Not `primaryLocationLineHash`: GitHub computes that itself and warns about other values.
_FINGERPRINT = "memoryd/v1"
_EXAMPLE = regex(r"^((?:Found|Silent) in:)$", re.MULTILINE)

_Json = dict[str, object]


def render(report: CheckResult, base: str) -> str:
    """Return a report as JSON, paths relative to `base`, which SARIF calls `%SRCROOT%`."""
    rules: list[_Json] = [_rule(rule) for rule in ALL_RULES]
    run: _Json = {
        "tool": {"driver": {"name": "memoryd", "version": __version__, "rules": rules}},
        "invocations": [
            {
                "executionSuccessful": not report.unread,
                "toolExecutionNotifications": [_notification(each, base) for each in report.unread],
            }
        ],
        "columnKind": "unicodeCodePoints",
        "results": _results(report, base),
    }
    value = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}
    return json_text(value)


def _rule(rule: Rule) -> _Json:
    description = rule.page.partition("\n\nFound in:")[0]
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": " ".join(description.split())},
        # Without an empty line, Markdown reads the example as text
        "help": {"text": rule.page, "markdown": _EXAMPLE.sub(r"\1\n", rule.page)},
        "defaultConfiguration": {"level": _LEVELS[rule.level]},
    }


def _notification(unread: UnreadFile, base: str) -> _Json:
    place = {"physicalLocation": {"artifactLocation": _artifact(unread.path, base)}}
    return {"level": "error", "message": {"text": _message(unread.reason)}, "locations": [place]}


def _results(report: CheckResult, base: str) -> list[_Json]:
    """Return all results; a fix that several results share is in the first, because it can be large."""
    indexes = {rule.code: index for index, rule in enumerate(ALL_RULES)}
    told: set[Fix] = set()
    results = []
    for diagnostic, fingerprint in zip(report.diagnostics, fingerprints(report, base), strict=True):
        result: _Json = {
            "ruleId": diagnostic.code,
            "ruleIndex": indexes[diagnostic.code],
            "level": _LEVELS[diagnostic.level],
            "message": {"text": _message(diagnostic.message)},
            "locations": [_location(diagnostic, base)],
            "partialFingerprints": {_FINGERPRINT: fingerprint},
        }
        if diagnostic.related:
            result["relatedLocations"] = [
                _related(number, place, base) for number, place in enumerate(diagnostic.related)
            ]
        fix = diagnostic.fix
        if fix and fix not in told and (changes := _changes(fix, base)):
            told.add(fix)
            result["fixes"] = [{"description": {"text": _message(fix.title)}, "artifactChanges": changes}]
        results.append(result)
    return results


def _location(diagnostic: Diagnostic, base: str) -> _Json:
    region = _region(diagnostic.start, diagnostic.end)
    return {"physicalLocation": {"artifactLocation": _artifact(diagnostic.path, base), "region": region}}


def _related(number: int, place: RelatedLocation, base: str) -> _Json:
    region = {"startLine": place.position.line, "startColumn": place.position.column}
    return {
        "id": number,
        "physicalLocation": {"artifactLocation": _artifact(place.path, base), "region": region},
        "message": {"text": _message(place.message)},
    }


def _artifact(path: str, base: str) -> _Json:
    # A name that is not UTF-8 keeps its bytes
    uri = quote(posixpath.relpath(path, base), errors="surrogateescape")
    return {"uri": uri, "uriBaseId": "%SRCROOT%"}


def _region(start: Position, end: Position) -> _Json:
    return {
        "startLine": start.line,
        "startColumn": start.column,
        "endLine": end.line,
        "endColumn": end.column,
    }


def _message(text: str) -> str:
    """Return a message without links, which SARIF writes as Markdown does."""
    return visible_line(text).replace("](", "]\\(")


def _changes(fix: Fix, base: str) -> list[_Json] | None:
    """Return the changes of a fix; None if it creates or deletes files, or a secret would be shown."""
    if fix.applicability is Applicability.DISPLAY:
        return None
    changes: list[_Json] = []
    for change in fix.changes:
        replacements = _replacements(change)
        if not replacements:
            return None
        changes.append({"artifactLocation": _artifact(change.path, base), "replacements": replacements})
    return changes


def _replacements(change: FileChange) -> list[_Json]:
    """Return replacements of whole lines that make a change; none if SARIF cannot express it."""
    before, after = change.before, change.after
    if not before or not after or secrets_in(before) or secrets_in(after):
        return []
    if before.startswith(BOM_UTF8) != after.startswith(BOM_UTF8):
        return []
    try:  # positions do not count a byte-order mark
        old, new = (content.decode("utf-8-sig").split("\n") for content in (before, after))
    except UnicodeDecodeError:
        return []
    # The matcher is slow on repeated lines: give it only what differs
    head = _common(old, new)
    tail = _common(old[head:][::-1], new[head:][::-1])
    matcher = LineMatcher(old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    return [
        _replacement(old, head + first, head + last, new[head + since : head + until])
        for kind, first, last, since, until in matcher.get_opcodes()
        if kind != "equal"
    ]


def _common(one: list[str], other: list[str]) -> int:
    """Return the number of equal lines at the start."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _replacement(old: list[str], first: int, last: int, new: list[str]) -> _Json:
    """Return the replacement of lines `first` to `last` (from 0, `last` excluded) by others."""
    if last < len(old):
        end, text = Position(last + 1, 1), "".join(f"{line}\n" for line in new)
    else:
        if first == last or not new:  # the last line has no line end: replace the line before, too
            first -= 1
            new = [old[first], *new]
        end, text = Position(last, len(old[-1]) + 1), "\n".join(new)
    return {"deletedRegion": _region(Position(first + 1, 1), end), "insertedContent": {"text": text}}
