"""GitLab's Code Quality report."""

import posixpath
from hashlib import sha256

from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.results import CheckResult, fingerprints
from memoryd.domain.stores.snapshot import UnreadFile
from memoryd.domain.text.escape import json_text, visible_line

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: CheckResult, base: str) -> str:
    """Return a report as text, paths relative to `base`."""
    known_by = fingerprints(report, base)
    issues = [_unread(each, base) for each in report.unread]
    issues += [
        _issue(diagnostic, fingerprint, base)
        for diagnostic, fingerprint in zip(report.diagnostics, known_by, strict=True)
    ]
    return json_text(issues)


def _issue(diagnostic: Diagnostic, fingerprint: str, base: str) -> dict[str, object]:
    return {
        "description": visible_line(f"{diagnostic.code} {diagnostic.message}"),
        "check_name": diagnostic.name,
        "fingerprint": fingerprint,
        "severity": _SEVERITIES[diagnostic.level],
        "location": _location(diagnostic.path, diagnostic.start.line, base),
    }


def _unread(unread: UnreadFile, base: str) -> dict[str, object]:
    path = posixpath.relpath(unread.path, base)
    return {
        "description": visible_line(unread.reason),
        "check_name": "not-read",
        "fingerprint": sha256(path.encode(errors="surrogatepass")).hexdigest(),
        "severity": "critical",
        "location": _location(unread.path, 1, base),
    }


def _location(path: str, line: int, base: str) -> dict[str, object]:
    return {"path": visible_line(posixpath.relpath(path, base)), "lines": {"begin": line}}
