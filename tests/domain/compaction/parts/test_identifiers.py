"""Identifiers in hostile text."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.compaction.parts.identifiers import identifiers, leads_in, nouns, phrases

# The same words as the pattern of the module, in a form that takes time with the square of a run.
_PLAIN = re.compile(
    r"(?<![\w`])[#@$]?\w(?:[\w./:#@$+\\-]*(?:\[[\w.%/-]+\](?:[\w./-]*\w)?|\w))?|`[^`\n]{2,48}`", re.ASCII
)
_SAYS = re.compile(r"[^\W\d_].*\w|\w.*[^\W\d_]|#\d{2,}")
_ODD = re.compile(r"[\d_/:#@$\[]|\w\.\w|[a-z][A-Z]|[A-Z]{2}")


@given(st.text("aB1_-./:#@$+\\[]% ", max_size=30))
def test_a_plain_reading_finds_the_same_words(text: str) -> None:
    words = (word for word in _PLAIN.findall(text) if len(word) > 2 and _SAYS.search(word))
    assert list(identifiers(text)) == list(dict.fromkeys(word for word in words if _ODD.search(word)))


@pytest.mark.parametrize(
    "unit",
    [".", "-", "/", "[", "a.", "a[", "1", "_", "](", "#", "[a", "a]", "word ", "word-", "word'", "**a"],
)
def test_long_runs_take_time_in_proportion(unit: str) -> None:
    def spent(length: int, attempt: int) -> float:
        text = f"{attempt} a" + unit * (length // len(unit))
        started = time.process_time()
        for read in (nouns, identifiers, phrases, leads_in):
            read(text)
        return time.process_time() - started

    once, twice = (min(spent(length, attempt) for attempt in range(3)) for length in (50_000, 100_000))
    assert twice < 3.3 * once + 0.02  # the square would be four times as much
