"""Notes whose shape once took exponential time are judged at all: the time would be days."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memoryd.domain.duplicates.passages import passages_in
from memoryd.domain.duplicates.subjects import are_about_different_things, is_quotation
from memoryd.domain.markdown.document import parse


@pytest.mark.parametrize(
    "text",
    [
        '"' + "'a" * 40,
        "“" + "’a" * 40,
        "'" * 900 + "a",
        "Date: " + "1" * 60 + "x",
        "Date: " + "t/" * 60 + "x",
        "Date: " + "uhr 2024 " * 30 + "x",
        "- Date: " + "a/b_c/" * 60 + "!x",
    ],
)
def test_a_note_is_judged(text: str) -> None:
    one, other = (passages_in("/store", parse(name, f"{text}\n".encode()))[0] for name in ("a.md", "b.md"))
    assert are_about_different_things(one, other) in {True, False}


@pytest.mark.parametrize(
    "stamp",
    [
        "Updated: 2024-01-01T10:00Z", "Stand: 3. August 2024, 12 uhr", "Date: Mon May 3, 2024 at 10 am utc",
        "Updated: 2024年1月2日", "Updated: 2024-01-01 10:00 Europe/Berlin",
    ],
)  # fmt: skip
def test_a_date_line_is_about_its_own_day(stamp: str) -> None:
    one, other = (passages_in("/store", parse(name, f"{stamp}\n".encode()))[0] for name in ("a.md", "b.md"))
    assert are_about_different_things(one, other)


@given(st.text("\"“”«»‘’'ab_ .\n", max_size=12))
@example("‘it’s here’")
def test_a_quotation_is_one_from_the_first_word_to_the_last(text: str) -> None:
    quoted = re.fullmatch(r"[\W_]*[\"“„«「『‘'](?:[^\"”»」』’\n]|’(?=\w))+[\"”»」』’'][\W_]*", text)
    assert is_quotation(text) == bool(quoted and re.search(r"[^\W_]", text))
