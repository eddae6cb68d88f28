from memoryd.domain.text.utf16 import js_trim, utf16_prefix, utf16_units


def test_trim_takes_what_javascript_calls_space_and_nothing_else() -> None:
    assert js_trim("\ufeff\u00a0\u2028\u3000\v x \u2029\t\n") == "x"
    assert js_trim("\x1cx\x85") == "\x1cx\x85"
    assert js_trim("\u200bx\u180e") == "\u200bx\u180e"


def test_units_count_characters_outside_the_basic_plane_twice() -> None:
    assert utf16_units("abc") == 3
    assert utf16_units("é漢") == 2
    assert utf16_units("a😀") == 3
    assert utf16_units("\ud83d") == 1


def test_a_prefix_never_halves_a_character() -> None:
    assert utf16_prefix("abc", 2) == "ab"
    assert utf16_prefix("a😀b", 2) == "a"
    assert utf16_prefix("a😀b", 3) == "a😀"
    assert utf16_prefix("é漢", 5) == "é漢"
    assert utf16_prefix("x", 0) == ""
