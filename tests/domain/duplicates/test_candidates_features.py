"""Features of words."""

import pytest

from memoryd.domain.duplicates.candidates import content_stem, dense_features, feature_of


@pytest.mark.parametrize(
    "words",
    [
        "commit commits committing committed",
        "retry retries retried",
        "install installed installing",
        "store stored storing",
        "speichern gespeichert",
        "enregistrer enregistrées",
        "editar editados",
        "eseguire eseguito",
        "guardar guardan guardado",
        "коммит коммитом коммита",
        "запускать запускай",
        "хранятся храним хранить",
    ],
)
def test_forms_of_a_word_have_one_stem(words: str) -> None:
    assert len({content_stem(word) for word in words.split()}) == 1


@pytest.mark.parametrize("words", ["cache case", "port part", "test text", "logs lags", "user use"])
def test_other_words_have_other_stems(words: str) -> None:
    assert len({content_stem(word) for word in words.split()}) == 2


@pytest.mark.parametrize(
    "word",
    ["the", "always", "not", "und", "immer", "nicht", "les", "toujours", "el", "siempre", "и", "всегда"],
)
def test_words_without_content_are_no_features(word: str) -> None:
    assert not feature_of(word)


def test_words_of_one_meaning_are_one_feature() -> None:
    assert feature_of("likes") == feature_of("prefers") == feature_of("want")
    assert feature_of("before") == feature_of("after"), "opposites select candidates"
    assert feature_of("n'utilisent") == feature_of("utilisent")


def test_text_without_spaces_counts_by_characters_with_content() -> None:
    assert dense_features("提交之前一定要运行") == [
        "提",
        "交",
        "前",
        "运",
        "行",
        "提交",
        "交前",
        "前运",
        "运行",
    ]
    assert dense_features("を実行する") == ["実", "行", "実行"]
    assert dense_features("すること"), "a text of such characters only keeps them"
