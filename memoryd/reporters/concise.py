"""One line for each finding, as compilers print them."""

import posixpath

from memoryd.domain.checks.results import CheckResult
from memoryd.domain.text.escape import visible_line


def render(report: CheckResult, base: str) -> str:
    """Return a report as text, paths relative to `base`."""
    lines = [
        f"{each.path_from(base)}:{each.start.line}:{each.start.column}: "
        f"{each.level} {each.code} {each.message}"
        for each in report.diagnostics
    ]
    lines += [f"{posixpath.relpath(each.path, base)}: {each.reason}" for each in report.unread]
    return "\n".join(map(visible_line, [*lines, report.summary])) + "\n"
