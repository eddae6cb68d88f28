import random

import pytest

from memoryd.domain.checks.baseline import dumps, known_of, loads, sort_findings
from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.markdown.model import Position
from memoryd.errors import MemorydError


def finding(quoted: str, line: int = 1, code: str = "L001", path: str = "/repo/s/MEMORY.md") -> Diagnostic:
    at = Position(line, 1)
    return Diagnostic(code, "broken-link", Severity.ERROR, "/repo/s", path, at, at, quoted, "", "", (), None)


def test_a_known_finding_is_known_wherever_it_stands_now() -> None:
    known = known_of([finding("a", 3), finding("b", 4)], "/repo")
    found = sort_findings([finding("b", 40), finding("a", 1)], known, "/repo")
    assert (found.new, found.known, found.gone) == ((), 2, {})


def test_one_more_of_the_same_is_new() -> None:
    known = known_of([finding("a", 3)], "/repo")
    found = sort_findings([finding("a", 3), finding("a", 9)], known, "/repo")
    assert [each.start.line for each in found.new] == [9]


def test_what_is_no_longer_found_is_told() -> None:
    found = sort_findings([], known_of([finding("a"), finding("a")], "/repo"), "/repo")
    ((gone, count),) = found.gone.items()
    assert (gone.code, gone.path, gone.quoted, count) == ("L001", "s/MEMORY.md", "a", 2)


def test_what_is_written_is_read_back_and_the_same_to_the_byte_in_any_order() -> None:
    findings = [finding(quoted, code=code) for quoted in ("ä", "b\t c", "") for code in ("L001", "F008")] * 2
    text = dumps(known_of(findings, "/repo"))
    random.Random(1).shuffle(findings)  # noqa: S311  # no secret
    assert dumps(known_of(findings, "/repo")) == text
    assert loads(text, "b.json") == known_of(findings, "/repo")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "b.json is not a baseline: "),
        ("[]", "b.json is not a baseline"),
        ("[" * 100_000, "b.json is not a baseline"),
        ('{"version": 1}', "b.json is not a baseline"),
        ('{"version": 2, "findings": []}', "b.json is a baseline of another version: 2"),
        ('{"version": 1, "findings": [7]}', "finding 1 is incomplete"),
        ('{"version": 1, "findings": [{"path": "", "code": "", "quoted": "", "count": true}]}', "finding 1"),
        ('{"version": 1, "findings": [{"path": "", "code": "", "quoted": "", "count": 0}]}', "finding 1"),
    ],
)
def test_another_file_is_an_error(text: str, reason: str) -> None:
    with pytest.raises(MemorydError) as caught:
        loads(text, "b.json")
    assert reason in caught.value.message
