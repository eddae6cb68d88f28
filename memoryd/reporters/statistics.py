"""Number of findings of each rule, most frequent first."""

from collections import Counter

from memoryd.domain.checks.results import CheckResult


def render(report: CheckResult, _base: str) -> str:
    """Return counts, levels and rules, and how many findings have a fix."""
    counts = Counter((each.code, each.name, each.level) for each in report.diagnostics)
    fixable = Counter((each.code, each.level) for each in report.diagnostics if each.fix)
    lines = []
    for (code, name, level), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        fixes = f" ({fixable[code, level]:,} fixable)" if fixable[code, level] else ""
        lines.append(f"{count:>7,}  {level:<7}  {code}  {name}{fixes}")
    return "\n".join([*lines, report.summary]) + "\n"
