from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.history.line_changes import changed_lines, changed_parts

texts = st.lists(st.sampled_from([b"a\n", b"b\n", b" a\n", b"\n", b"c", b"\r\n", b"ab"]), max_size=9).map(
    b"".join
)


def lines(content: bytes) -> Counter[bytes]:
    return Counter(line for line in map(bytes.strip, content.split(b"\n")) if line)


@given(texts, texts)
def test_lines_and_changes_make_the_lines_of_the_next(before: bytes, after: bytes) -> None:
    removed, added = changed_lines(before, after)
    found = lines(before)
    found.subtract(removed)
    found.update(added)
    assert {line: count for line, count in found.items() if count} == dict(lines(after))


@given(texts)
def test_equal_contents_have_no_changes(content: bytes) -> None:
    assert changed_lines(content, content) == ([], [])


def test_parts_are_whole_lines() -> None:
    before, after = b"- one\n- two\n- three\n", b"- one\n- twenty\n- three\n"
    assert changed_parts(before, after) == (b"- two\n", b"- twenty\n")
    assert changed_parts(b"- one", b"- one\n- two\n") == (b"- one", b"- one\n- two\n")
