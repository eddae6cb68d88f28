"""Rewordings, contradictions and related notes, as the rules show them in a store.

`pytest -s tests/domain/duplicates/test_rewordings.py` prints the table. One half of the pairs was written
for choosing words and limits, the other one for measuring; all were written before the comparison was read.
"""

import csv
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.rule import context_of
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.rules import ALL_RULES

STORE = Store("/s/m", Scope.USER, "m", "/s", CLAUDE_AGENT)
RULES = tuple(rule for rule in ALL_RULES if rule.code in {"D001", "D002", "D003"})
LAYOUTS = {
    "one list": ("# Notes\n\n- {one}\n- {other}\n", ""),
    "two files": ("# Notes\n\n- {one}\n", "# More\n\n- {other}\n"),
}


class LabelledPair(NamedTuple):
    half: str
    kind: str
    language: str
    one: str
    other: str


def labelled() -> list[LabelledPair]:
    path = Path(__file__).parents[2] / "data" / "rewordings.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [LabelledPair(*row) for row in rows][1:]


PAIRS = labelled()


def found(pair: LabelledPair, layout: str) -> list[Diagnostic]:
    index, topic = (text.format(one=pair.one, other=pair.other) for text in LAYOUTS[layout])
    files = {"MEMORY.md": index, "a.md": topic} if topic else {"MEMORY.md": index}
    snapshot = Snapshot(STORE, {path: parse(path, text.encode()) for path, text in files.items()})
    context = context_of(snapshot, Surroundings())
    return [each for rule in RULES for each in rule.run(context)]


def test_the_set_is_large_enough() -> None:
    counts = Counter(pair.kind for pair in PAIRS)
    assert counts == {"reworded": 40, "contradiction": 24, "related": 24}
    assert len({pair.language for pair in PAIRS}) >= 9


@pytest.mark.parametrize("layout", LAYOUTS)
def test_rewordings_are_shown_and_related_notes_are_not(
    layout: str, capsys: pytest.CaptureFixture[str]
) -> None:
    shown: Counter[tuple[str, str]] = Counter()
    total: Counter[tuple[str, str]] = Counter()
    for pair in PAIRS:
        total[pair.kind, pair.half] += 1
        codes = {each.code for each in found(pair, layout)}
        shown[pair.kind, pair.half] += bool(codes & {"D001", "D002"})
    rows = [f"{kind:<15}{half:<6}{shown[kind, half]:>4} of {count}" for (kind, half), count in total.items()]
    with capsys.disabled():
        sys.stdout.write(f"\nshown as duplicates, {layout}\n" + "\n".join(sorted(rows)) + "\n")
    for half in ("tune", "held"):
        assert shown["reworded", half] >= 17  # of 20
        assert shown["contradiction", half] == 0
        assert shown["related", half] <= 1


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("pair", [each for each in PAIRS if each.kind != "reworded"])
def test_neither_contradictions_nor_related_notes_are_merged(pair: LabelledPair, layout: str) -> None:
    assert [each.fix for each in found(pair, layout)] == [None] * len(found(pair, layout))


@pytest.mark.parametrize("pair", [each for each in PAIRS if each.kind == "reworded"])
def test_markup_does_not_count(pair: LabelledPair) -> None:
    bold = pair._replace(other=f"**{pair.other.replace('`', '')}**")
    plain = pair._replace(other=pair.other.replace("`", ""))
    assert bool(found(bold, "two files")) == bool(found(plain, "two files"))
