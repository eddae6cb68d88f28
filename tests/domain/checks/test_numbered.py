from memoryd.domain.checks.diagnostic import Diagnostic, Severity
from memoryd.domain.checks.numbered import FixRound, keyed, keys_without, numbered
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.markdown.model import Position


def fix(title: str, after: bytes) -> Fix:
    return Fix(title, Applicability.SAFE, (FileChange("/s", "/s/a.md", b"before", after),))


def found(line: int, made: Fix | None, quoted: str = "- a") -> Diagnostic:
    at = Position(line, 1)
    level = Severity.WARNING
    return Diagnostic("D001", "d", level, "/s", "/s/a.md", at, at, quoted, quoted, "again", (), made)


FIRST, SECOND, LATER = fix("remove", b"1"), fix("remove", b"2"), fix("remove", b"3")
A, B, C, PLAIN = found(1, FIRST), found(2, SECOND), found(3, FIRST), found(4, None)


def test_each_fix_has_one_number_and_all_its_findings() -> None:
    made = numbered([FixRound((A, B, C, PLAIN), (A, B, C), (FIRST, SECOND))])
    assert [(each.number, each.found, each.fix) for each in made] == [(1, (A, C), FIRST), (2, (B,), SECOND)]
    assert all(each.is_first for each in made)


def test_a_later_round_goes_on_counting() -> None:
    after = found(1, LATER)
    made = numbered([FixRound((A, B), (A,), (FIRST,)), FixRound((after,), (after,), (LATER,))])
    assert [(each.number, each.is_first) for each in made] == [(1, True), (2, False)]


def test_equal_fixes_have_different_keys() -> None:
    keys = [key for key, _ in keyed((A, B, PLAIN, C))]
    assert len(set(keys)) == len(keys) == 3


def test_what_is_excluded_is_in_no_way_allowed() -> None:
    made = numbered([FixRound((A, B), (A, B), (FIRST, SECOND))])
    assert keys_without(made, frozenset()) == made[0].keys | made[1].keys
    assert keys_without(made, frozenset({1})) == made[1].keys
    again = found(1, LATER)  # looks like the excluded one once the other is fixed
    more = numbered([FixRound((A, B), (A, B), (FIRST, SECOND)), FixRound((again,), (again,), (LATER,))])
    assert keys_without(more, frozenset({1})) == made[1].keys
