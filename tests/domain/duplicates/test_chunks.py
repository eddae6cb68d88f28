import pytest

from memoryd.domain.duplicates.chunks import chunks_in, is_amount, is_hard, words_alone


@pytest.mark.parametrize(
    ("clause", "words"),
    [
        ("Waits", "waits"),
        ("1,000 ms", "1000 ms"),
        ("don't(cannot)", "do not can not"),
        ("x>5", "x > 5"),
        ("the file.py?", "file.py ?"),
        ("[x] twelve", "[x] 12"),
    ],
)
def test_a_clause_is_split_into_words(clause: str, words: str) -> None:
    assert " ".join(word for chunk in chunks_in(clause) for word in chunk.tokens) == words
    assert " ".join(words_alone(clause)) == words


def test_names_and_words_that_turn_or_join_are_marked() -> None:
    assert [chunk.is_name for chunk in chunks_in("Ann asks IBM")] == [True, False, True]
    assert [chunk.is_special for chunk in chunks_in("no 5 min wait 等待")] == [True, False, True, False, True]


def test_what_is_no_word_of_prose() -> None:
    assert [is_hard(each) for each in ("word", "a.py", "→", "30s")] == [False, True, True, True]
    assert [is_amount(each) for each in ("30s", "1.5", "v2")] == [True, True, False]
