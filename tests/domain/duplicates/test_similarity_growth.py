"""The work of comparing grows with the text, counted in calls of functions, not in time."""

import random
from collections.abc import Callable
from functools import partial
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import count_calls

from memoryd.domain.duplicates.candidates import alike
from memoryd.domain.duplicates.similarity import Verdict, judge
from memoryd.domain.duplicates.vocabulary import OPPOSITE_STARTS, OPPOSITES
from memoryd.domain.duplicates.words import Words, stem, words_of

SOUNDS = ("ba", "do", "fi", "gu", "ka", "lo", "mi", "pu", "ra", "so", "ti", "vu")
GROWTH = 2.6  # n log n would be 2.2
EACH = 25  # calls for each word; trying each pair of different words takes hundreds
WORDS = [
    "client",
    "server",
    "safe",
    "unsafe",
    "uploads",
    "downloading",
    "preload",
    "postload",
    "it",
    "unit",
    "connect",
]
FRAME = "every morning the warehouse counts parcels for Ann"


def calls(work: Callable[[], object]) -> int:
    """Return how many functions a piece of work calls."""
    work()  # fills caches
    return count_calls(work)


def prose(words: int, vocabulary: int, seed: int) -> Words:
    """Return a note of random words."""
    chosen = random.Random(seed)  # noqa: S311
    known = ["".join(each) for each in product(SOUNDS, repeat=3)][:vocabulary]
    return words_of(" ".join(chosen.choices(known, k=words)))


@pytest.mark.parametrize("vocabulary", [8, 60, 216, 1000])
@pytest.mark.parametrize("words", [800, 1600])
def test_each_word_of_two_notes_is_little_work(words: int, vocabulary: int) -> None:
    pair = prose(words, vocabulary, 1), prose(words, vocabulary, 2)
    assert calls(partial(judge, *pair, 0.01)) < EACH * words


def test_notes_of_few_words_are_not_aligned_for_ever() -> None:
    assert calls(partial(judge, prose(400, 3, 1), prose(400, 3, 2), 0.01)) < 20_000  # 53,000 pairs are equal


def test_comparisons_grow_with_the_notes() -> None:
    notes = [prose(200, 216, seed).features for seed in range(240)]
    once, twice = (len(alike(notes[:size], 0.34).pairs) for size in (120, 240))
    assert 0 < twice <= GROWTH * once, (once, twice)
    assert twice <= 12 * 240


NAMES = ["ada", "bob", "cyd", "dan", "eva", "fay", "gus", "hal", "ida", "jon", "kim"]
SIDE = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4)


@given(SIDE, SIDE)
def test_the_first_opposites_are_found(one: list[str], other: list[str]) -> None:
    left = [word for word in one if word not in other]
    right = [word for word in other if word not in one]
    first = next(((a, b) for a, b in product(left, right) if are_opposites(a, b)), None)
    found = judge(words_of(f"{FRAME} {' '.join(left)}"), words_of(f"{FRAME} {' '.join(right)}"), 0.01)
    assert (found.kind == "opposite") == (first is not None)
    if first:
        assert (found.verdict, found.one, found.other) == (Verdict.CONTRADICTION, first[:1], first[1:])


def are_opposites(one: str, other: str) -> bool:
    """Return whether two words are opposites, by the definition."""
    if (one, other) in OPPOSITES or (stem(one), stem(other)) in OPPOSITES:
        return True
    short, long = sorted((one, other), key=len)
    return len(short) > 2 and any(
        short.startswith(plain) and long == start + short[len(plain) :] for plain, start in OPPOSITE_STARTS
    )


@pytest.mark.parametrize("moved", [2, 5, 9])
def test_a_run_that_moved_changes_nothing(moved: int) -> None:
    found = judge(words_of(" ".join(NAMES)), words_of(" ".join(NAMES[moved:] + NAMES[:moved])))
    assert found.verdict is Verdict.NEAR


@pytest.mark.parametrize("moved", [1, 10])
def test_one_word_that_moved_may_change_the_order(moved: int) -> None:
    one, other = words_of(" ".join(NAMES)), words_of(" ".join(NAMES[moved:] + NAMES[:moved]))
    assert judge(one, other).kind == "order"
