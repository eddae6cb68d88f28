from datetime import date

import pytest

from memoryd.domain.dates.expiry import day_at, is_expiry, is_review, read_expiry

SINCE = date(2026, 1, 1)


@pytest.mark.parametrize(
    ("value", "day"),
    [
        ("2026-02-01", "2026-02-01"),
        ("2026-02-01T10:00:00Z", "2026-02-01"),
        ("2026-02-01 (if nothing happens)", "2026-02-01"),
        ("20260201", "2026-02-01"),
        ("2026/02/01", "2026-02-01"),
        ("31.12.2025", "2025-12-31"),
        ("12/31/2025", "2025-12-31"),
        ("31/12/2025", "2025-12-31"),
        ("02/02/2026", "2026-02-02"),
        ("2026-Q1", "2026-03-31"),
        ("Q4 2025", "2025-12-31"),
        ("2026-W05", "2026-02-01"),
        ("March 2026", "2026-03-31"),
        ("end of Feb 2026", "2026-02-28"),
        ("2025", "2025-12-31"),
        ("1 février 2026", "2026-02-01"),
        ("1. Februar 2026", "2026-02-01"),
        ("2026年2月1日", "2026-02-01"),
        ("90d", "2026-04-01"),
        ("in 90 days", "2026-04-01"),
        ("P90D", "2026-04-01"),
        ("2 weeks", "2026-01-15"),
    ],
)
def test_a_date_is_read_however_it_is_written(value: str, day: str) -> None:
    reading = read_expiry(value, SINCE)
    assert (str(reading.day), reading.problem) == (day, "")


@pytest.mark.parametrize(
    "value",
    [
        "",
        "~",
        "null",
        "never",
        "Never",
        "n/a",
        "unbefristet",
        "jamais",
        "никогда",
        "永不",
        "なし",
        "없음",
        "TBD",
    ],
)
def test_words_for_no_date_are_no_fault(value: str) -> None:
    reading = read_expiry(value, None)
    assert (reading.day, reading.problem) == (None, "")


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        ("2026-02-30", 'is not a date ("2026-02-30")'),
        ("2026-13-01", 'is not a date ("2026-13-01")'),
        ("20261301", 'is not a date ("20261301")'),
        ("13/13/2026", 'is not a date ("13/13/2026")'),
        ("02/01/2026", 'is ambiguous ("02/01/2026")'),
        ("next month", 'is not a date ("next month")'),
        ("when it is merged", 'is not a date ("when it is merged")'),
        ("1767225600", 'is not a date ("1767225600")'),
        ("2026-00-10", 'is not a date ("2026-00-10")'),
        ("30. Februar 2026", 'is not a date ("30. Februar 2026")'),
        ("90d", 'is an age ("90d") without a `created` date'),
    ],
)
def test_what_is_no_date_is_told(value: str, problem: str) -> None:
    assert read_expiry(value, None).problem == problem


def test_text_without_figures_is_neither_date_nor_fault() -> None:
    assert day_at("the next release") == day_at("")


@pytest.mark.parametrize(
    "key", ["expires", "Valid_Until", "metadata.expires_after", "review-by", "expiry_date", "有効期限"]
)
def test_keys_of_expiry(key: str) -> None:
    assert is_expiry(key)


@pytest.mark.parametrize("key", ["expired", "validated", "reviewed", "reviewer", "created", "until"])
def test_other_keys(key: str) -> None:
    assert not is_expiry(key)


def test_a_review_is_no_end() -> None:
    assert is_review("review by")
    assert not is_review("expires")
