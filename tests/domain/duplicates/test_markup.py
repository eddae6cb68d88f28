"""Text of notes without their markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.duplicates.markup import CODE, masked, plain, unmasked, without_emphasis


@pytest.mark.parametrize(
    ("text", "bare"),
    [
        ("- run **it**", "run it"),
        ('> 1. see [this](a.md "title")', "see this a.md"),
        ("read [[a note]] <!-- pin -->again", "read  a note   again"),
        (r"\*not\* emphasis", "*not* emphasis"),
        ("~~no~~", " ~~ no ~~ "),
        ("`a*b*` and *c*", " a*b*  and c"),
        ("full，width ５", "full . width 5"),
        ("x² and ½", "x^2 and  1⁄2"),
    ],
)
def test_markup_is_left_out(text: str, bare: str) -> None:
    assert plain(text) == bare


@given(st.text("`ab* >", max_size=40))
def test_masked_code_comes_back(text: str) -> None:
    assert unmasked(*masked(text)) == CODE.sub(r"`\1`", text)


@given(st.text("ab c.", max_size=40))
def test_text_without_marks_has_no_emphasis(text: str) -> None:
    assert without_emphasis(text) == text
