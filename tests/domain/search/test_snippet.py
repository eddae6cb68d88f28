import re

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.search.segments import CLOSE, OPEN
from memoryd.domain.search.snippet import best_passage


def mark(text: str, word: str) -> str:
    return re.sub(word, lambda match: f"{OPEN}{match[0]}{CLOSE}", text)


LINES = ((2,), (3,), (5, 9), (4,))


def test_line_with_most_different_matches_wins() -> None:
    body = mark("one\none one one\nnothing\none Two\ntwo one", "one|[Tt]wo")
    passage = best_passage(["", "", "", body], LINES)
    assert (passage.line, passage.text, passage.matches) == (7, "one Two", ((0, 3), (4, 7)))


def test_body_is_preferred_but_name_description_and_heading_are_found() -> None:
    hit = mark("one", "one")
    assert best_passage([hit, hit, hit, f"\n{hit}"], LINES).line == 5
    assert best_passage([hit, hit, hit, "none"], LINES).line == 3
    assert best_passage([hit, "", "none", "none"], LINES).line == 2
    assert best_passage(["", "", f"none\n{hit}", "none"], LINES).line == 9


def test_match_over_a_line_end_is_shown_whole() -> None:
    passage = best_passage(["", "", "", f"x\na {OPEN}how\r\nto{CLOSE} go\nno"], LINES)
    assert (passage.line, passage.text, passage.matches) == (5, "a how to go", ((2, 8),))


def test_long_lines_are_shortened_around_the_matches() -> None:
    body = mark("word " * 500 + "one two " + "word " * 500, "one|two")
    passage = best_passage(["", "", "", body], LINES)
    assert passage.text.startswith("…word")
    assert passage.text.endswith("word…")
    assert len(passage.text) <= 162
    assert [passage.text[start:end] for start, end in passage.matches] == ["one", "two"]


@given(st.lists(st.sampled_from(["one", "two", "日", "🎉", "word", " ", "\n", "\t", "\x1f"]), max_size=200))
def test_passages_are_within_the_text(parts: list[str]) -> None:
    text = "".join(parts)
    passage = best_passage(["", "", "", mark(text, "one|two")], ((1,), (1,), (), (1,)))
    assert "\n" not in passage.text
    assert all(passage.text[start:end] in {"one", "two"} for start, end in passage.matches)
    line = " ".join(text.split("\n")[passage.line - 1].replace("\x1f", "").split())
    assert passage.text.strip("…") in line
    assert bool(passage.matches) == bool(re.search("one|two", text))
