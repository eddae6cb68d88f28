"""A text is found by its keyed hashes where it would be found by itself."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from memoryd.domain.forgetting.needle import Needle
from memoryd.domain.forgetting.tombstone import (
    MOST_CHARACTERS,
    Seeker,
    changed_parts,
    tombstone_of,
)
from memoryd.errors import MemorydError

KEY = bytes(range(32))
WORDS = st.lists(
    st.sampled_from(["old", "Office", "ä", "ß", "4242", "x", "秘密", "a.b", "c_d", "e-f"]),
    min_size=1,
    max_size=4,
)
JOINTS = st.sampled_from([" ", "\n", "-", "_", "  ", "\n> ", "**", "%20", "\\u0020", "\n\n", "\u00ad", ", "])


def seeker(text: str, key: bytes = KEY) -> Seeker:
    tombstone = tombstone_of(Needle(text), key)
    assert tombstone is not None
    return Seeker(tombstone, key)


@st.composite
def texts(draw: st.DrawFn) -> str:
    parts = []
    for word in draw(st.lists(WORDS.map(" ".join), min_size=1, max_size=4)):
        parts += [word, draw(JOINTS)]
    return "".join(parts)


@given(WORDS.map(" ".join), texts())
@example("old", "bold")
@example("e-f", "e f")
@example("a.b c", "A.B\n> c")
@example("a b", "a\n\nb")
def test_it_matches_what_the_text_matches(text: str, other: str) -> None:
    found = seeker(text).in_text(other)
    assert (found is not None) == Needle(text).is_in_text(other)
    if found:
        assert found.is_in_text(other)
        assert found.is_in_text(text)


@pytest.mark.parametrize(
    "raw",
    [
        b"- the **old** office", "- The old\noffice ä".encode(), "the old office".encode("utf-16-le"),
        b"x\xff the old-office", rb'{"a": "the old office"}', b"see the%20old%20office",
    ],
)  # fmt: skip
def test_it_is_found_in_bytes(raw: bytes) -> None:
    found = seeker("the old office").in_bytes(raw)
    assert found is not None
    assert found.is_in_bytes(b"moved out of the old office last year")


@pytest.mark.parametrize("raw", [b"", b"the office", b"the bold office", b"\0\xff" * 40])
def test_it_is_not_found_elsewhere(raw: bytes) -> None:
    assert seeker("the old office").in_bytes(raw) is None


def test_without_the_key_nothing_is_recognized() -> None:
    tombstone = tombstone_of(Needle("4242"), KEY)
    assert tombstone is not None
    assert Seeker(tombstone, bytes(32)).in_text("4242") is None
    assert tombstone != tombstone_of(Needle("4242"), bytes(32))
    assert "4242" not in repr(tombstone)


def test_short_texts_match_whole_words_only() -> None:
    assert seeker("key").in_text("monkeys") is None
    assert seeker("key").in_text("the key.") is not None


def test_a_text_of_paragraphs() -> None:
    found = seeker("one two\n\nthree four").in_text("- one two\n\nthree four")
    assert found is not None
    assert found.is_in_text("one two\n\nthree four")


def test_a_very_long_text_has_none() -> None:
    assert tombstone_of(Needle("a b" * MOST_CHARACTERS), KEY) is None


@given(
    st.lists(st.text("ab\n", max_size=30).map(str.encode), max_size=6), st.text("ab", min_size=1, max_size=4)
)
def test_no_text_is_lost_between_changed_parts(contents: list[bytes], text: str) -> None:
    raw = text.encode()
    parts = list(changed_parts(contents, margin=len(raw)))
    assert any(raw in part for part in parts) == any(raw in content for content in contents)


def test_of_many_similar_versions_little_is_searched() -> None:
    lines = [b"- note %d\n" % number for number in range(5_000)]
    versions = [b"".join([*lines[:at], b"- new\n", *lines[at:]]) for at in range(0, 5_000, 100)]
    assert (
        sum(map(len, changed_parts(versions))) < 5 * len(versions[0]) + len(versions) * 20 * MOST_CHARACTERS
    )


def test_a_text_without_words_is_refused() -> None:
    with pytest.raises(MemorydError):
        Needle("--")
