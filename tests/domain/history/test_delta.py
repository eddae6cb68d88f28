import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.history.delta import common_ends, delta, patched

LINES = [b"a\n", b"b\n", b"\n", b"a long line of text\n", b"another rather long line here\n", b"c", b"x\r\n"]
texts = st.one_of(st.binary(max_size=80), st.lists(st.sampled_from(LINES), max_size=120).map(b"".join))


@given(texts, texts)
def test_a_difference_makes_the_content_again(base: bytes, content: bytes) -> None:
    assert patched(base, delta(base, content)) == content


@given(texts, st.binary(max_size=40))
def test_no_bytes_are_a_difference_that_fails_otherwise(base: bytes, difference: bytes) -> None:
    try:
        patched(base, difference)
    except ValueError:
        return


@given(texts, texts)
def test_common_ends_are_the_longest(first: bytes, second: bytes) -> None:
    start, end = common_ends(first, second)
    assert start + end <= min(len(first), len(second))
    assert first[:start] == second[:start]
    assert first[len(first) - end :] == second[len(second) - end :]
    if start < min(len(first), len(second)):
        assert first[start] != second[start]


def numbered(count: int) -> list[bytes]:
    return [b"- fact %d of some length, with a word %d\n" % (each, each * 31 % 1009) for each in range(count)]


@pytest.mark.parametrize("count", [100, 1000])
def test_changes_far_apart_cost_their_own_size(count: int) -> None:
    before = numbered(count)
    after = [b"- new\n", *before[1:-1], b"- last\n"]
    after[count // 2] = b"- middle\n"
    assert len(delta(b"".join(before), b"".join(after))) < 60


def test_a_moved_section_is_copied() -> None:
    before = numbered(200)
    after = before[100:150] + before[:100] + before[150:]
    assert len(delta(b"".join(before), b"".join(after))) < 40


def test_equal_lines_everywhere_do_not_break_a_copy_apart() -> None:
    before = [line for each in numbered(200) for line in (each, b"\n")]
    after = [*before[:150], b"- new\n", b"\n", *before[150:301], b"- another\n", *before[301:]]
    assert len(delta(b"".join(before), b"".join(after))) < 60


def test_a_long_line_costs_what_changed_of_it() -> None:
    before = b"x" * 1000 + b"".join(numbered(200)).replace(b"\n", b" ")
    assert len(delta(before, before[:3000] + b"changed" + before[3000:])) < 30


@pytest.mark.parametrize("difference", [b"\x80", b"\x09\x00", b"\x08ab", b"\x03\x05", b"\x03"])
def test_what_is_no_difference_from_this_base_is_an_error(difference: bytes) -> None:
    with pytest.raises(ValueError, match="a difference"):
        patched(b"abc", difference)
