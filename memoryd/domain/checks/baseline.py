"""Known findings that do not fail a check.

They are stored without line numbers, so that edits around them do not matter.
"""

import json
from collections import Counter
from collections.abc import Iterable

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_VERSION = 1


@dataclass(frozen=True, slots=True, order=True)
class KnownFinding:
    """The identity of a finding across runs.

    Attributes:
        path: Path of its file, relative to the directory of the baseline file.
        code: Code of its rule.
        quoted: First line of the text that it is about.
    """

    path: str
    code: str
    quoted: str


@dataclass(frozen=True, slots=True)
class SortedFindings:
    """Findings compared with a baseline.

    Attributes:
        new: Findings that are not in the baseline.
        known: The number of findings that are.
        gone: Entries of the baseline without a finding, with their number.
    """

    new: tuple[Diagnostic, ...]
    known: int
    gone: Counter[KnownFinding]


def known_of(diagnostics: Iterable[Diagnostic], base: str) -> Counter[KnownFinding]:
    """Return the baseline of findings: the number of each.

    Args:
        diagnostics: The findings.
        base: Directory of the baseline file.
    """
    return Counter(_key(diagnostic, base) for diagnostic in diagnostics)


def sort_findings(
    diagnostics: Iterable[Diagnostic], baseline: Counter[KnownFinding], base: str
) -> SortedFindings:
    """Separate new findings from known ones; of equal ones, the first count as known."""
    left = Counter(baseline)
    new = []
    for diagnostic in diagnostics:
        key = _key(diagnostic, base)
        if left[key] > 0:
            left[key] -= 1
        else:
            new.append(diagnostic)
    gone = +left
    return SortedFindings(tuple(new), baseline.total() - gone.total(), gone)


def dumps(baseline: Counter[KnownFinding]) -> str:
    """Return a baseline as JSON, sorted."""
    findings = [
        {"code": each.code, "path": each.path, "quoted": each.quoted, "count": count}
        for each, count in sorted(baseline.items())
    ]
    value = {"version": _VERSION, "findings": findings}
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def loads(text: str, source: str) -> Counter[KnownFinding]:
    """Parse a baseline.

    Args:
        text: The output of `dumps`.
        source: Its file, for messages.

    Raises:
        MemorydError: If it is not a baseline.
    """
    hint = "`--write-baseline` writes one"
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MemorydError(f"{source} is not a baseline: {error}", hint) from error
    if not isinstance(value, dict) or not isinstance(value.get("findings"), list):
        raise MemorydError(f"{source} is not a baseline", hint)
    if value.get("version") != _VERSION:
        raise MemorydError(f"{source} is a baseline of another version: {value.get('version')!r}", hint)
    baseline: Counter[KnownFinding] = Counter()
    for number, each in enumerate(value["findings"], 1):
        known, count = _entry(each)
        if known is None or count < 1:
            raise MemorydError(f"{source} is not a baseline: finding {number} is incomplete", hint)
        baseline[known] += count
    return baseline


def _entry(value: object) -> tuple[KnownFinding | None, int]:
    if not isinstance(value, dict):
        return None, 0
    texts = [value.get(key) for key in ("path", "code", "quoted")]
    count = value.get("count")
    path, code, quoted = (text if isinstance(text, str) else None for text in texts)
    if path is None or code is None or quoted is None or type(count) is not int:
        return None, 0
    return KnownFinding(path, code, quoted), count


def _key(diagnostic: Diagnostic, base: str) -> KnownFinding:
    path = diagnostic.path_from(base)
    return KnownFinding(path, diagnostic.code, " ".join(diagnostic.quoted.split()))
