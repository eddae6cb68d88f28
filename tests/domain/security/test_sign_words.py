import re

from memoryd.domain.security.sign_words import TABLES, rows


def test_a_table_is_read_line_by_line() -> None:
    table = "\na, b => x\n => y {away}\n^c\n"
    ((first, patterns), (second, none)) = rows(table)
    assert first == ("a", "b")
    assert patterns[0] == "x"
    assert patterns[1].startswith("y (?:https?://")
    assert (second, none) == (("^c",), ())


def test_words_are_in_lower_case_and_patterns_are_regular_expressions() -> None:
    for table in TABLES.values():
        for begins, patterns in rows(table):
            assert [each for each in begins if each != each.lower()] == []
            assert [each for each in patterns if not re.compile(each)] == []
