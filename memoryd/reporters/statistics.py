"""How often each rule found something, the most frequent first."""

from collections import Counter

from memoryd.domain.checks.results import CheckResult


def render(report: CheckResult, _base: str) -> str:
    """Text of a report: counts, levels, rules, and how many findings can be mended."""
    counts = Counter((each.code, each.name, each.level) for each in report.diagnostics)
    mendable = Counter((each.code, each.level) for each in report.diagnostics if each.fix)
    lines = []
    for (code, name, level), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        fixes = f" ({mendable[code, level]:,} can be mended)" if mendable[code, level] else ""
        lines.append(f"{count:>7,}  {level:<7}  {code}  {name}{fixes}")
    return "\n".join([*lines, report.summary]) + "\n"
