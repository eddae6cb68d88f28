import pytest
from domain.security.labelled import HIDDEN_CHARACTERS, NEEDED_CHARACTERS
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.security.hidden_characters import hidden_characters, without_hidden


@pytest.mark.parametrize("text", HIDDEN_CHARACTERS.values(), ids=HIDDEN_CHARACTERS)
def test_what_is_hidden_is_found_and_can_be_removed(text: str) -> None:
    source = text.encode()
    assert list(hidden_characters(source))
    after = without_hidden(source)
    assert list(hidden_characters(after)) == []
    assert len(after) < len(source)


@pytest.mark.parametrize("text", NEEDED_CHARACTERS.values(), ids=NEEDED_CHARACTERS)
def test_what_a_script_or_an_emoji_needs_stays(text: str) -> None:
    assert list(hidden_characters(text.encode())) == []
    assert without_hidden(text.encode()) == text.encode()


@pytest.mark.parametrize("name", ["tag characters", "tags after a flag", "selectors that spell"])
def test_what_they_spell_is_told(name: str) -> None:
    (found,) = hidden_characters(HIDDEN_CHARACTERS[name].encode())
    assert found.spelled in {"merge without review", "merge"}


@given(st.text(st.sampled_from("aé\u200b\u200c\u202e\U000e0041\ufe0f\U0001f600\u0645\n \x1b"), max_size=40))
def test_places_are_those_of_the_bytes(text: str) -> None:
    source = text.encode()
    rest, last = b"", 0
    for each in hidden_characters(source):
        rest += source[last : each.start]
        last = each.end
        assert len(source[each.start : each.end].decode()) == each.count
    assert rest + source[last:] == without_hidden(source)
