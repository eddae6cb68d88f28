"""What speaks of a text that is to be forgotten."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.forgetting.needle import Needle
from memoryd.errors import MemorydError

SPEAKS = [
    ("Ann Example", "met ann EXAMPLE there"),
    ("Ann Example", "met Ann\n  Example there"),
    ("Ann Example", "> met Ann\n> Example there"),
    ("Ann Example", "met **Ann** _Example_"),
    ("Ann Example", "met [Ann](https://a.example/x) Example"),
    ("Ann Example", "met Ann<br>Example Ann <b>Example</b>"),
    ("Ann Example", "[x](ann-example.md)"),
    ("Ann Example", "[x](Ann%20Example.md)"),
    ("Ann Example", "[[ann_example]]"),
    ("Ann & Bob", "Ann &amp; Bob"),
    ("snake_case_name", r"snake\_case\_name"),
    ("a.*b(c)[d]", "before a.*b(c)[d] after"),
    ("sk-live-4242SECRET", "TOKEN=sk-live-4242secretX"),
    ("hunter2", "password: hunter2."),
    ("記憶", "これは記憶です"),
    ("Straße 12", "STRASSE 12"),
    ("- one\n- two", "- zero\n- one\n- two"),
    ("Käse/42 a&key", "https://x.example/?t=K%C3%A4se%2F42%20a%26key&u=1"),
    ("Käse/42 a&key", "t=K%c3%a4se%2f42+a%26key"),
    ("Käse/42 a&key", "next=%3Ft%3DK%25C3%25A4se%252F42%2520a%2526key"),
    ("Käse 42", "t=K%E4se+42"),
    ("Ann Example", "[x](ann%2Dexample.md)"),
    ("Ann Example", "?q=ann+example"),
    ('Käse/42 "a"', r'{"k": "K\u00e4se\/42 \"a\""}'),
    ('Käse/42 "a"', r'"{\"k\": \"K\\u00e4se\\/42 \\\"a\\\"\"}"'),
    ("one two\nthree four", r'"one two\nthree four"'),
    (r"DOMAIN\user-7", r'"DOMAIN\\user-7"'),
    ("key 😀 key", r"key \ud83d\ude00 key"),
    ("key 😀 key", r"key \U0001f600 key \u{1F600} key"),
    ("Käse 42", r"b'K\xc3\xa4se 42'"),
    ("Käse 42", r'"K\303\244se 42.md"'),
    ("100%25 of it", "100%25 of it"),
    (r"C:\new\test", r"C:\new\test"),
]
SILENT = [
    ("Ann", "planning the annual channel"),
    ("hunter2", "hunter22"),
    ("Ann Example", "- Ann\n- Example"),
    ("Ann Example", "Ann\n\nExample"),
    ("Ann Example", "| Ann | Example |"),
    ("a.*b", "axxb"),
    ("記憶", "記録と憶測"),
    ("Ann Example", "%41nn is no %45xample"),
    ("C++ developer", "a C developer"),
]


@pytest.mark.parametrize(("wanted", "text"), SPEAKS)
def test_a_text_speaks_of_it(wanted: str, text: str) -> None:
    needle = Needle(wanted)
    assert needle.is_in_text(text)
    assert needle.find(text)
    assert not needle.is_in_text(needle.masked(text))


@pytest.mark.parametrize(("wanted", "text"), SILENT)
def test_a_text_does_not(wanted: str, text: str) -> None:
    needle = Needle(wanted)
    assert not needle.is_in_text(text)
    assert needle.find(text) == ()
    assert needle.masked(text) == text


@pytest.mark.parametrize("form", ["NFC", "NFD"])
@pytest.mark.parametrize("other", ["NFC", "NFD"])
@pytest.mark.parametrize("text", ["Zoë Müller", "각하 한글", "Ångström"])
def test_the_unicode_form_does_not_matter(text: str, form: str, other: str) -> None:
    needle = Needle(unicodedata.normalize(form, text))  # type: ignore[arg-type]
    page = unicodedata.normalize(other, f"vor {text} nach")  # type: ignore[arg-type]
    ((start, end),) = needle.find(page)
    assert unicodedata.normalize("NFC", page[start:end]) == text


def test_what_is_not_unicode_is_refused() -> None:
    with pytest.raises(MemorydError, match="not valid UTF-8"):
        Needle("caf\udce9 4242")


@pytest.mark.parametrize("text", ["", "  \n", "***", "…"])
def test_nothing_cannot_be_forgotten(text: str) -> None:
    with pytest.raises(MemorydError, match="no letter or digit"):
        Needle(text)


def test_the_text_itself_is_never_shown() -> None:
    hidden = "sk-live-4242SECRET"
    needle = Needle(hidden)
    assert needle.mask == "sk-l…"
    assert "4242" not in repr(needle)
    assert "4242" not in needle.masked(f"{hidden} and `{hidden}` and {hidden.upper()}")
    assert Needle("abc").mask == "a…"


def test_words_in_any_order_resemble_it() -> None:
    needle = Needle("Zoë Example")
    assert needle.words_are_in_text("the example of zoe")
    assert needle.words_are_in_text("Examples: Zoë")
    assert not needle.words_are_in_text("an example of zoetropes")
    assert not needle.words_are_in_text("Zoë alone")
    assert Needle("記憶").words_are_in_text("記憶力")


@given(st.text(min_size=1, max_size=30), st.text(max_size=60), st.text(max_size=60))
def test_what_is_found_is_where_it_stands(wanted: str, before: str, after: str) -> None:
    try:
        needle = Needle(wanted)
    except MemorydError:
        return
    page = f"{before} \x07 {wanted.strip()} \x07 {after}"
    if needle.is_in_text(page):
        assert all(0 <= start < end <= len(page) for start, end in needle.find(page))
