from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.duplicates.pairs import Pair, compare, is_told
from memoryd.domain.duplicates.passages import passages_in
from memoryd.domain.duplicates.similarity import Verdict, judge
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.store import agent_store
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import check

RULES = tuple(rule for rule in ALL_RULES if rule.code.startswith("D"))


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(text.encode())


def found(root: Path, files: dict[str, str]) -> list[Diagnostic]:
    write(root, files)
    return list(check([agent_store(str(root), user=False)], RULES).diagnostics)


def codes(root: Path, files: dict[str, str]) -> list[str]:
    return [each.code for each in found(root, files)]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "- `json` (default): serde is on in this crate",
            "- `json` (default): serde is on here in this crate",
        ),
        ("- Returns: the size of the whole picture", "- Returns: the size of the whole new picture"),
    ],
)
def test_one_property_of_two_things_is_told_twice(root: Path, one: str, other: str) -> None:
    assert codes(root, {"a.md": f"# A\n\n## One\n\n{one}\n\n## Two\n\n{other}\n"}) == []


def test_files_that_contradict_each_other_below_the_same_headings_say_so(root: Path) -> None:
    same = "- Ship on Mondays after the review.\n- Two people watch the graphs.\n- Roll back, then tell us.\n"
    ports = (
        "\n## Staging\n- the port of the service is {}\n\n## Production\n- the port of the service is {}\n"
    )
    files = {"a.md": same + ports.format(8080, 9090), "b.md": same + ports.format(9090, 8080)}
    diagnostics = found(root, files)
    assert "D003" in {each.code for each in diagnostics}
    assert [each.fix for each in diagnostics] == [None] * len(diagnostics)


def test_what_is_shown_names_both_sides(root: Path) -> None:
    [diagnostic] = found(
        root, {"a.md": "- The API times out after 30 s.\n", "b.md": "- The API times out after 60 s.\n"}
    )
    assert diagnostic.message == 'it says "60s", a.md:1 says "30s"'
    assert diagnostic.quoted == "- The API times out after 60 s."
    assert [place.message for place in diagnostic.related] == ["The API times out after 30 s."]


def test_a_contradiction_between_copies_is_told(root: Path) -> None:
    same = "- Ship on Mondays after the review.\n- Two people watch the graphs.\n- Roll back, then tell us.\n"
    times = {"a.md": "30 s", "b.md": "60 s"}
    files = {name: f"{same}- The API times out after {time}.\n" for name, time in times.items()}
    assert sorted(codes(root, files)) == ["D001", "D003"]


TEMPLATE = (
    "Reviewed PR #{0} of the shop on the new branch: no findings, merged after {1} days.",
    "Reviewed PR #{0} of the shop on the new branch, merged after {1} days: no findings at all.",
    "No findings: reviewed PR #{0} of the shop on the new branch, merged after {1} days.",
    "The shop opens new branches for findings after reviews.",
)


@settings(max_examples=20)
@given(
    st.lists(
        st.tuples(st.sampled_from(TEMPLATE), st.integers(100, 130), st.integers(2, 4)),
        min_size=14,
        max_size=30,
    )
)
def test_a_template_of_which_all_are_compared_with_one_hides_nothing(
    made: list[tuple[str, int, int]],
) -> None:
    lines = dict.fromkeys(text.format(number, days) for text, number, days in made)
    passages = passages_in("/m", parse("notes.md", "".join(f"- {line}\n" for line in lines).encode()))
    all_pairs = [Pair(one, other, judge(one.words, other.words)) for one, other in combinations(passages, 2)]
    told, found = (
        {
            note
            for pair in pairs
            if pair.judgement.verdict is Verdict.NEAR and is_told(pair)
            for note in (pair.one, pair.other)
        }
        for pairs in (all_pairs, compare(passages).pairs)
    )
    assert found == told
