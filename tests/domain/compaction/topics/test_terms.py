import pytest

from memoryd.domain.compaction.parts.identifiers import leads_in, phrases
from memoryd.domain.compaction.topics.terms import TopicTerms


def shown(lines: list[str], room: int, headings: tuple[str, ...] = ()) -> list[str]:
    return [term.shown for term in TopicTerms(lines, headings).best(room)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- the Kubernetes probe is short", ("Kubernetes probe",)),
        ("- it didn't retry failed jobs", ("retry failed", "retry failed jobs", "failed jobs")),
        ("- read `the manual` page, twice daily", ("twice daily",)),
        ("- src/deploy path/to/thing", ()),
        ("- [probe timeouts](probe.md) here", ("probe timeouts",)),
        ("- Zustand wird beim Neustart gelöscht", ("Neustart gelöscht",)),
    ],
)  # fmt: skip
def test_phrases_are_neighbouring_words_that_say_something(text: str, expected: tuple[str, ...]) -> None:
    assert phrases(text) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("- **Texture import**: from the menu", "Texture import"),
        ("- [ ] **Texture import.** from the menu", "Texture import"),
        ("3. Texture import: from the menu", "Texture import"),
        ("* Texture import — from the menu", "Texture import"),
        ("- Import: from the menu", ""),
        ("- see the menu for more", ""),
        ("- [Texture import](import.md) — from the menu", "Texture import"),
        ("- at 10:30 the job runs", ""),
        ("- http://example.org/x: down", ""),
    ],
)
def test_the_words_before_a_colon_or_dash_name_the_subject(line: str, expected: str) -> None:
    assert leads_in(line) == expected


def test_terms_that_cover_the_most_lines_for_their_length_are_chosen() -> None:
    lines = ["- restart `kubelet` first", "- `kubelet` needs the token", "- an extraordinarily long remark"]
    assert shown(lines, 12) == ["kubelet"]
    assert shown(lines, 3) == []


def test_an_identifier_covers_a_line_and_so_do_two_nouns() -> None:
    terms = TopicTerms(["- set `h-[72px]`", "- the header is sticky"])
    assert terms.covered_by("") == 0
    assert terms.covered_by("h-[72px]") == 0.5
    assert terms.covered_by("header") == 0.25
    assert terms.covered_by("a sticky Header, h-[72px]") == 1


def test_words_that_are_covered_already_are_not_chosen() -> None:
    terms = TopicTerms(["- deploy token rotation", "- deploy token expiry"])
    terms.cover("Deploy token")
    assert [term.shown for term in terms.best(100)] == []


def test_headings_come_even_where_their_words_are_common() -> None:
    lines = [f"- part {number} of the probe" for number in range(4)]
    assert shown(lines, 40, ("Part 1", "Part 2"))[:2] == ["Part 1", "Part 2"]


def test_marks_of_code_stay_and_so_do_brackets() -> None:
    assert shown(["- use h-[72px] here", "- or src/deploy.sh"], 60) == ["`h-[72px]`", "`src/deploy.sh`"]


def test_japanese_words_are_found_in_text_without_spaces() -> None:
    assert {"経路", "テスト"} <= set(shown(["- 経路のテスト"], 60))


def test_shouted_words_are_no_identifiers() -> None:
    assert shown(["- this MUST be FIXED AND NOT removed"], 60) == []


def test_code_of_one_character_does_not_turn_what_follows_into_code() -> None:
    assert shown(["- press `x`, then `npm run build`"], 60) == ["`npm run build`"]


def test_a_word_that_most_lines_have_distinguishes_none() -> None:
    lines = [
        f"- reference about {word}"
        for word in ("anchors", "beacons", "cranes", "docks", "errands", "ferries")
    ]
    assert [term.shown for term in TopicTerms(lines).best(40)][:3] == ["anchors", "beacons", "cranes"]
