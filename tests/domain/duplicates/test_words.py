"""What is the same to the comparison and what is not."""

from dataclasses import replace
from itertools import chain

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.duplicates.similarity import Verdict, judge
from memoryd.domain.duplicates.words import words_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("- Run `make test`.", "1. run **make test**!"),
        ("Don't push, can't merge", "do not push; cannot merge"),
        ("waits 1,000 ms", "Waits 1000ms."),
        ("waits 30 seconds", "waits 30 s"),
        ("５０％ of the ｆｉｌｅｓ", "50% of the files"),
        ("等待30秒。", "等待 30 s"),
        ("see [Deploy](deploy.md) today", "see deploy deploy.md today"),
        ("a\r\nb", "a b"),
        ("\\[x\\] escaped", "[x] escaped"),
        ("read it <!-- memoryd: pin -->", "read it"),
        ("Read `a.md`, then `b()`", "read a.md, then b()"),
        ("ask Ann about `make\ntest`", "Ask Ann about `make test`."),
        ("NEVER PUSH TO MAIN", "never push to main"),
        ("see Foo, Bar", "see Foo Bar"),
        ("**`make test`** runs _all_ of it", "`make test` runs all of it"),
        ("it costs 10² here", "it costs 10^2 here"),
    ],
)
def test_these_are_the_same(one: str, other: str) -> None:
    assert judge(words_of(one), words_of(other)).verdict is Verdict.SAME


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wait 30 s for it", "wait 30 min for it"),
        ("the offset is -5 here", "the offset is 5 here"),
        ("we use C here", "we use C++ here"),
        ("it is fooBar here", "it is foobar here"),
        ("- [ ] write it down", "- [x] write it down"),
        ("it was ~~right~~", "it was right"),
        ("✅ deploy works", "❌ deploy works"),
        ("x < 5 holds", "x > 5 holds"),
        ("a → b by hand", "b → a by hand"),
        ("Is it so?", "It is so."),
        ("see [a](x.md) here", "see [a](y.md) here"),
        ("at 10:30 daily", "at 10:31 daily"),
        ("必须这样做", "不必这样做"),
        ("run ```\nA  b\n``` now", "run ```\na b\n``` now"),
        ("`x` and `X` there", "`X` and `x` there"),
        ("use _x here", "use x here"),
        ("x" * 30_000 + " a", "x" * 30_000 + " b"),
    ],
)
def test_these_are_not_the_same(one: str, other: str) -> None:
    assert judge(words_of(one), words_of(other)).verdict is not Verdict.SAME


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_compared(one: str, other: str) -> None:
    left, right = words_of(one), words_of(other)
    assert judge(left, left).verdict is Verdict.SAME
    assert judge(left, right).verdict is judge(right, left).verdict
    assert left.ends == () or left.ends[-1] == len(left.tokens)


_LETTERS = "abehnoruxyABENSTX"
_TELLING = [
    "the",
    "cannot",
    "Cannot",
    "not",
    "Instead",
    "seven",
    "THIRTY",
    "minutes",
    "x",
    "days",
    "camelCase",
]


@given(st.lists(st.text(_LETTERS, min_size=1, max_size=9) | st.sampled_from(_TELLING), max_size=8))
def test_plain_words_are_read_as_any_others(words: list[str]) -> None:
    """A clause of letters and spaces takes a shorter way than one with quotation marks."""
    quick, slow = words_of(" ".join(words)), words_of(" ".join(f"'{word}'" for word in words))
    assert quick.tokens == slow.tokens
    assert quick.features == slow.features
    assert (quick.negations, quick.names, quick.ends) == (slow.negations, slow.names, slow.ends)


RUNS = [
    "wait",
    "Ann",
    "IBM",
    "5",
    "min",
    "no",
    "the",
    "-",
    "--",
    "x,",
    "it.",
    "3,",
    "a:",
    "等待",
    "分",
    "!",
    "`a b`",
    "~~",
]


@given(st.lists(st.tuples(st.sampled_from(RUNS), st.sampled_from(["", " ", " ", "\n"])), max_size=12))
def test_a_text_is_read_by_runs_as_by_clauses(parts: list[tuple[str, str]]) -> None:
    text = "".join(chain.from_iterable(parts))
    by_run, by_clause = words_of(text), words_of(f"{text}\n[")  # a bracket could be part of “[ ]”
    assert replace(by_clause, text=text) == by_run
