import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.forgetting.needle import Needle
from memoryd.errors import MemorydError


@given(st.text('a1%\\\\u+xn"/ 25', max_size=40), st.text("ab1%\\\\u+x2 ", min_size=1, max_size=8))
def test_escapes_are_found_where_they_stand(page: str, wanted: str) -> None:
    try:
        needle = Needle(wanted)
    except MemorydError:
        return
    assert bool(needle.find(page)) == needle.is_in_text(page)
    assert all(0 <= start < end <= len(page) for start, end in needle.find(page))


@given(
    st.text("ab *_[]()<>&-\n\u0301", max_size=40), st.text("ab *_[]()<>&-\n\u0301", min_size=1, max_size=8)
)
def test_both_ways_to_look_agree(page: str, wanted: str) -> None:
    try:
        needle = Needle(wanted)
    except MemorydError:
        return
    assert bool(needle.find(page)) <= needle.is_in_text(page)


@pytest.mark.parametrize(
    ("page", "wanted", "spans"),
    [
        (r"a\\\\secret b", "secret", [(5, 11)]),
        (r"a\\\\\\sec\u0072et b", "secret", [(7, 18)]),
        (r"a\\\\\\secret b", r"\secret", [(1, 13), (5, 13), (6, 13)]),  # run, pair, as written
        (r"se\\\\cret and se\\cret", r"se\\cret", [(0, 10), (15, 23)]),
    ],
)
def test_runs_of_backslashes_keep_their_places(page: str, wanted: str, spans: list[tuple[int, int]]) -> None:
    assert list(Needle(wanted).find(page)) == spans
