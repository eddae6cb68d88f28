"""Relative dates are found in time proportional to the text."""

import gc
import time

import pytest

from memoryd.domain.dates.relative import relative_dates
from memoryd.domain.markdown.document import parse

SIZE = 30_000  # characters of the smaller text
GROWTH = 3.0  # n log n is 2.1; the square is 4
NOISE = 0.02  # seconds
TRIES = 4


@pytest.mark.parametrize(
    "unit",
    [
        '"a" yesterday ',
        "today we moved it ",
        "today ",
        "yesterday today ",
        "heute verschoben hier ",
        "été aujourd’hui à ",
    ],
)
def test_time_grows_with_the_words(unit: str) -> None:
    once = twice = float("inf")
    for _ in range(TRIES):
        once = min(once, seconds(unit * (SIZE // len(unit))))
        twice = min(twice, seconds(unit * (2 * SIZE // len(unit))))
        if twice <= GROWTH * once + NOISE:
            return
    pytest.fail(f"{once:.2f} s, and {twice:.2f} s for twice the text")


def seconds(text: str) -> float:
    document = parse("t.md", text.encode())
    gc.collect()
    started = time.process_time()
    assert list(relative_dates(document)) or text
    return time.process_time() - started
