"""How right the verdicts are, by kind of pair, on pairs written by hand and by rule.

`pytest -s tests/domain/test_similarity_labelled.py` prints the table.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from memoryd.domain.checks.options import LIKENESS
from memoryd.domain.duplicates.candidates import alike
from memoryd.domain.duplicates.similarity import CONTAINED, Verdict, judge
from memoryd.domain.duplicates.words import words_of

KINDS = {"~": "reordered", "w": "reworded", "+": "clause more", "0": "number", "u": "unit", "i": "identifier",
         "p": "path", "!": "negation"}  # fmt: skip
NEAR = ("reordered", "reworded", "clause more")
CONTRADICTING = ("number", "unit", "identifier", "path", "negation")
WIDE = str.maketrans({"!": "！", ",": "，", ".": "。", ":": "：", ";": "；", "(": "（", ")": "）", "%": "％"})
TEMPLATES = (
    "Reviewed PR #{0} on 2026-04-{1}: no findings, merged.",
    "Phase {0}: {1} tests pass on every machine.",
    "`src/module_{0}.py` holds the routes of version {1}.",
    "Ticket OPS-{0} was closed after {1} days without a change.",
)


@dataclass(frozen=True)
class Labelled:
    kind: str
    one: str
    other: str


def notes(name: str = "likeness.txt") -> Iterator[tuple[str, list[tuple[str, str]]]]:
    text = (Path(__file__).parents[2] / "data" / name).read_text()
    for block in text.split("\n\n")[1:]:
        base, *variants = block.strip().split("\n")
        yield base, [(KINDS[line[0]], line[2:]) for line in variants]


def labelled() -> Iterator[Labelled]:
    bases = [base for base, _ in notes()]
    for base, variants in notes():
        yield from (Labelled(kind, base, text) for kind, text in variants)
        yield Labelled("exact", base, f"* {base.upper() if base.isascii() and '`' not in base else base}")
        spaced = re.sub(r"`[^`]*`| ", lambda found: "  " if found[0] == " " else found[0], base)
        yield Labelled("exact", base, "  " + spaced.rstrip(".。") + "!")
        yield Labelled("exact", base, f"> **{base.replace('`', '')}**")
        yield Labelled("translated punctuation", base, re.sub(r"(?<![\w`])[,.]|[,.](?=\s|$)", _wide, base))
    for one, other in zip(bases, bases[1:] + bases[:1], strict=True):
        yield Labelled("unrelated", one, other)
    for one, other in zip(bases, bases[7:] + bases[:7], strict=True):
        yield Labelled("unrelated", one, other)
    for template in TEMPLATES:
        filled = [template.format(number, number + 11) for number in (3, 4, 7, 12)]
        yield from (Labelled("boilerplate", one, other) for one, other in combinations(filled, 2))


def _wide(match: re.Match[str]) -> str:
    return match[0].translate(WIDE)


PAIRS = list(labelled())
UNSEEN = [
    Labelled(kind, base, text) for base, variants in notes("likeness-unseen.txt") for kind, text in variants
]
SIGNS = [
    Labelled("sign, capital, code", *block.strip().split("\n"))
    for block in (Path(__file__).parents[2] / "data" / "likeness-signs.txt").read_text().split("\n\n")[1:]
]


def verdicts(pairs: list[Labelled]) -> dict[str, Counter[Verdict]]:
    found: dict[str, Counter[Verdict]] = {}
    for pair in pairs:
        one, other = words_of(pair.one), words_of(pair.other)
        shown = bool(alike([one.features, other.features], LIKENESS * CONTAINED).pairs)
        verdict = judge(one, other).verdict
        if verdict is not Verdict.SAME and not shown:
            verdict = Verdict.DIFFERENT  # never compared
        found.setdefault(pair.kind, Counter())[verdict] += 1
    return found


def share(counts: Counter[Verdict], *wanted: Verdict) -> float:
    return sum(counts[each] for each in wanted) / counts.total()


def test_the_set_is_large_enough() -> None:
    assert len(PAIRS) >= 400
    assert {pair.kind for pair in PAIRS} == {
        *KINDS.values(),
        "exact",
        "translated punctuation",
        "unrelated",
        "boilerplate",
    }


def show(title: str, found: dict[str, Counter[Verdict]], capsys: pytest.CaptureFixture[str]) -> None:
    rows = [f"{title:<24}{'pairs':>6}" + "".join(f"{verdict:>15}" for verdict in Verdict)]
    for kind, counts in sorted(found.items()):
        rows.append(f"{kind:<24}{counts.total():>6}" + "".join(f"{counts[each]:>15}" for each in Verdict))
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(rows) + "\n")


def test_verdicts_by_kind(capsys: pytest.CaptureFixture[str]) -> None:
    found = verdicts(PAIRS)
    show("kind", found, capsys)
    same = {kind for kind, counts in found.items() if counts[Verdict.SAME]}
    assert same == {"exact", "translated punctuation"}, "what is called the same is the same"
    assert share(found["exact"], Verdict.SAME) == 1
    assert share(found["translated punctuation"], Verdict.SAME) == 1
    near = sum((found[kind] for kind in NEAR), Counter[Verdict]())
    assert share(near, Verdict.NEAR) >= 0.9
    assert share(near, Verdict.NEAR, Verdict.CONTRADICTION) >= 0.95
    contradicting = sum((found[kind] for kind in CONTRADICTING), Counter[Verdict]())
    assert contradicting[Verdict.NEAR] == 0, "no contradiction is proposed for merging"
    assert share(contradicting, Verdict.CONTRADICTION) >= 0.95
    assert found["boilerplate"][Verdict.NEAR] == 0
    assert share(found["unrelated"], Verdict.DIFFERENT) == 1


def test_verdicts_on_pairs_that_no_rule_was_made_for(capsys: pytest.CaptureFixture[str]) -> None:
    found = verdicts(UNSEEN)
    show("unseen", found, capsys)
    near = sum((found[kind] for kind in NEAR), Counter[Verdict]())
    contradicting = sum((found[kind] for kind in CONTRADICTING), Counter[Verdict]())
    assert near[Verdict.SAME] == contradicting[Verdict.SAME] == 0
    assert share(near, Verdict.NEAR, Verdict.CONTRADICTION) >= 0.9
    assert share(contradicting, Verdict.CONTRADICTION) >= 0.9


def test_signs_capitals_and_code_are_never_taken_for_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    found = verdicts(SIGNS)
    show("the same words", found, capsys)
    (counts,) = found.values()
    assert counts.total() >= 32
    assert counts[Verdict.SAME] == 0
    assert share(counts, Verdict.CONTRADICTION) >= 0.9
    for pair in SIGNS:
        one, other = words_of(pair.one), words_of(pair.other)
        assert judge(one, other).verdict is judge(other, one).verdict, pair


@pytest.mark.parametrize("kind", [*NEAR, *CONTRADICTING])
def test_a_verdict_does_not_depend_on_which_comes_first(kind: str) -> None:
    for pair in PAIRS:
        if pair.kind == kind:
            one, other = words_of(pair.one), words_of(pair.other)
            assert judge(one, other).verdict is judge(other, one).verdict, pair
