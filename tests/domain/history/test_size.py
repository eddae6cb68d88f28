import pytest

from memoryd.domain.history.size import HistorySize


@pytest.mark.parametrize(
    ("total", "growth", "sentence"),
    [(86_016, 0.0, "86 kB, 0 B more a day"), (6_987_776, 1234.0, "7.0 MB, 1.2 kB more a day")],
)
def test_size_in_words(total: int, growth: float, sentence: str) -> None:
    assert HistorySize(total, growth).sentence == sentence
