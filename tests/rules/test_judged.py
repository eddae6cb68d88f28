"""Every finding on real memory was judged by a person; no error and no warning is wrong."""

from pathlib import Path

import pytest
from rules.judged import CORPUS, VERDICTS, copy_of_corpus, findings, labels, tally

from memoryd.domain.checks.diagnostic import Severity
from memoryd.rules import ALL_RULES

FAILING = {rule.code for rule in ALL_RULES if rule.level is not Severity.INFO}
LEAST = 0.9  # of the errors and warnings of a rule, and 0.95 of all


def test_labels_are_complete() -> None:
    judged = labels()
    codes = {rule.code for rule in ALL_RULES}
    assert {each.code for each in judged.values()} <= codes
    assert {each.verdict for each in judged.values()} <= set(VERDICTS)
    assert [each for each in judged.values() if (each.verdict == "right") is bool(each.reason)] == []


def test_rules_are_right_where_they_fail_a_check() -> None:
    counted = {code: verdicts for code, verdicts in tally(labels()).items() if code in FAILING}
    share = {code: verdicts["right"] / verdicts.total() for code, verdicts in counted.items()}
    assert {code: each for code, each in share.items() if each < LEAST and counted[code].total() >= 10} == {}
    right = sum(verdicts["right"] for verdicts in counted.values())
    assert right >= 0.95 * sum(verdicts.total() for verdicts in counted.values())


@pytest.mark.skipif(not CORPUS.is_dir(), reason="real memory lies in ../shared, which is absent here")
def test_every_finding_was_judged(tmp_path: Path) -> None:
    judged = labels()
    found = dict(findings(copy_of_corpus(tmp_path)))
    new = [
        f"{each.code}\t{digest}\t{each.path_from(str(tmp_path))}:{each.start.line}: {each.message}"
        for digest, each in found.items()
        if digest not in judged
    ]
    assert new == [], "judge these, and add them to tests/data/judged.tsv"
    wrong = {digest for digest, label in judged.items() if label.verdict == "wrong" and label.code in FAILING}
    assert found.keys() & wrong == set(), "a wrong finding is back"
    assert judged.keys() - found.keys() - wrong == set(), (
        "these are not found any more: look, and remove them"
    )
