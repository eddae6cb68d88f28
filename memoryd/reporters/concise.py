"""One line a finding, as compilers print them."""

import posixpath

from memoryd.domain.checks.results import CheckResult
from memoryd.domain.text.escape import one_line


def render(report: CheckResult, base: str) -> str:
    """Text of a report, paths relative to `base`."""
    lines = [
        f"{posixpath.relpath(each.path, base)}:{each.start.line}:{each.start.column}: "
        f"{each.level} {each.code} {each.message}"
        for each in report.diagnostics
    ]
    lines += [f"{posixpath.relpath(each.path, base)}: {each.reason}" for each in report.unread]
    return "\n".join(map(one_line, [*lines, report.summary])) + "\n"
