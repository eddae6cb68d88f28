"""Candidates are what comparing each with each would find, and boilerplate does not blow them up."""

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.duplicates.candidates import alike, candidates_among

SETS = st.lists(st.frozensets(st.sampled_from("abcdefghijklmnop"), min_size=1, max_size=10), max_size=12)


@given(SETS, st.sampled_from([0.4, 0.6, 0.8, 1.0]))
def test_all_that_are_alike_are_found(sets: list[frozenset[str]], least: float) -> None:
    wanted = {
        (one, other)
        for other in range(len(sets))
        for one in range(other)
        if len(sets[one] & sets[other]) >= least * len(sets[one] | sets[other])
    }
    found = alike(sets, least)
    assert set(found.pairs) == wanted
    assert len(found.pairs) == len(wanted)
    assert found.capped == 0


def test_what_everything_shares_is_capped_and_counted() -> None:
    found = alike([frozenset({"a", "b", "c", "d", str(number)}) for number in range(2000)], 0.6, partners=5)
    assert len(found.pairs) <= 2000 * 5
    assert found.capped > 100_000


def test_few_sets_are_compared_as_many_are() -> None:
    numbers = range(600)
    sets = [frozenset({"a", "b", f"c{at % 7}", f"d{at % 50}", *map(str, range(at % 9))}) for at in numbers]
    others = [frozenset({f"only {number}"}) for number in range(4096)]  # too many for bits
    few, many = alike(sets, 0.6), alike([*sets, *others], 0.6)
    assert few == many
    assert few.pairs
    assert few.capped > 0


def test_nothing_is_like_nothing() -> None:
    assert alike([frozenset(), frozenset()], 0.6).pairs == []


def template(number: int) -> frozenset[str]:
    return frozenset({"review", "pr", f"#{number}", "shop", "no", "find", "0"})


def test_notes_of_a_template_are_compared_with_the_first_and_leave_room_for_others() -> None:
    pair = [
        frozenset({"review", "shop", "key", "lock"}),
        frozenset({"review", "shop", "key", "lock", "door"}),
    ]
    sets = [pair[0], *map(template, range(1000)), pair[1]]
    found = candidates_among(sets, 0.6, sets.__getitem__)
    assert {(1, at) for at in range(2, 1001)} <= set(found.pairs)
    assert (0, 1001) in found.pairs
    assert len(found.pairs) < 1100
    assert found.capped >= 999 * 998 // 2


@given(SETS, st.sampled_from([0.4, 0.6, 0.8, 1.0]))
def test_few_sets_of_a_kind_are_compared_with_each_other(sets: list[frozenset[str]], least: float) -> None:
    assert candidates_among(sets, least, sets.__getitem__) == alike(sets, least)
