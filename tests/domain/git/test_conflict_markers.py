import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.git.conflict_markers import conflicts, sides


def lines(source: bytes) -> list[list[int]]:
    """Line numbers, from 1, of the markers of each conflict."""
    return [[source.count(b"\n", 0, span.start) + 1 for span in markers] for markers in conflicts(source)]


@pytest.mark.parametrize(
    ("source", "wanted"),
    [
        (b"<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n", [[1, 3, 5]]),
        (b"<<<<<<< a\r\nx\r\n=======\r\ny\r\n>>>>>>> b\r\n", [[1, 3, 5]]),
        (b"<<<<<<< a\nx\n||||||| base\nz\n=======\ny\n>>>>>>> b", [[1, 3, 5, 7]]),
        (b"<<<<<<< a\nx\n=======\ny\n", [[1, 3]]),
        (b"x\n=======\ny\n>>>>>>> b\n", [[2, 4]]),
        (b"T\n=======\n\nU\n=======\ny\n>>>>>>> b\n", [[5, 7]]),
        (b"<<<<<<< a\n=======\n>>>>>>> b\n\n<<<<<<< a\n=======\n>>>>>>> b\n", [[1, 2, 3], [5, 6, 7]]),
        (b"<<<<<<< a\n<<<<<<< a\n=======\n<<<<<<< c\n", [[2, 3]]),
        (b"", []),
        (b"Title\n=======\n\nOther\n=======\n", []),
        (b"<<<<<<< a\n>>>>>>> b\n=======\n", []),
        (b">>>>>>> b\n", []),
        (b"<<<<<<< a\n", []),
        (b" <<<<<<< a\n =======\n >>>>>>> b\n", []),
        (b"<<<<<<<<\n========\n>>>>>>>>\n", []),
        (b"||||||| a\n=======\n", []),
    ],
)
def test_conflicts_are_told_from_underlined_headings(source: bytes, wanted: list[list[int]]) -> None:
    assert lines(source) == wanted


@given(
    st.lists(
        st.sampled_from([b"<<<<<<< a", b"=======", b">>>>>>> b", b"||||||| c", b"text", b""]), max_size=30
    )
)
def test_every_marker_belongs_to_one_conflict_at_most(parts: list[bytes]) -> None:
    found = [number for markers in lines(b"\n".join(parts)) for number in markers]
    assert found == sorted(set(found))
    assert all(parts[number - 1][:1] in b"<=>|" for number in found)


def test_sides_of_a_file() -> None:
    text = b"a\n<<<<<<< x\nb\n=======\nc\n>>>>>>> y\nd\n"
    assert sides(text) == (b"a\nd\n", b"a\nb\nd\n", b"a\nc\nd\n")
    assert sides(text.replace(b"=======", b"||||||| z\ne\n=======")) == (
        b"a\ne\nd\n", b"a\nb\nd\n", b"a\nc\nd\n",
    )  # fmt: skip
    assert sides(text.replace(b"\n", b"\r\n")) is not None


def test_no_sides_without_whole_conflicts() -> None:
    for text in (b"", b"a\n", b"Title\n=======\n", b"<<<<<<< x\nb\n=======\n", b"a\n>>>>>>> y\n"):
        assert sides(text) is None
