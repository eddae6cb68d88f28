"""Equal values have equal digests, and others have others."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.git.evidence import Commit, Evidence
from memoryd.domain.history.past import Past
from memoryd.domain.markdown.document import parse
from memoryd.domain.security.secrets import Secret
from memoryd.domain.stores.digest import digest_of
from memoryd.domain.stores.store import agent_store
from memoryd.domain.stores.surroundings import Surroundings

TEXT = st.text(st.sampled_from("ab \0\n',") | st.characters(), max_size=4)
PLAIN = st.none() | st.booleans() | st.integers(-3, 3) | TEXT | st.binary(max_size=3) | st.dates()
VALUE = st.recursive(
    PLAIN,
    lambda inner: (
        st.lists(inner, max_size=3).map(tuple)
        | st.frozensets(PLAIN, max_size=3)
        | st.dictionaries(TEXT, inner, max_size=3)
    ),
    max_leaves=6,
)


def is_same(one: object, other: object) -> bool:
    """Whether values are equal; Python takes True for 1."""
    if type(one) is not type(other):
        return False
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    if isinstance(one, tuple) and isinstance(other, tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, frozenset) and isinstance(other, frozenset):
        return {(type(each), each) for each in one} == {(type(each), each) for each in other}
    return one == other


@given(VALUE, VALUE)
def test_only_equal_values_have_equal_digests(one: object, other: object) -> None:
    assert (digest_of(one) == digest_of(other)) == is_same(one, other)


@given(VALUE, VALUE)
def test_the_order_of_values_counts(one: object, other: object) -> None:
    assert (digest_of(one, other) == digest_of(other, one)) == is_same(one, other)
    assert digest_of(one, other) != digest_of((one, other))


def test_the_order_of_names_does_not_count() -> None:
    assert digest_of({"b": 1, "a": 2}) == digest_of({"a": 2, "b": 1})
    assert digest_of({"b": "1", "a": "2"}) == digest_of({"a": "2", "b": "1"})


def test_every_field_of_the_surroundings_counts() -> None:
    document = parse("CLAUDE.md", b"- a fact\n")
    other = {
        "listings": {"/p": frozenset({"a.md"}), "/q": None},
        "ignored": frozenset({"/p/a.md"}),
        "beyond": frozenset({"/etc"}),
        "home": "/home/ann",
        "repository": "/p",
        "moved": {"/p/a.md": Commit("a", date(2026, 1, 1))},
        "siblings": {"/p/b.md": "b"},
        "outside": {"/p/README.md": document},
        "answers": {"https://example.com": "gone"},
        "instructions": {"/p/CLAUDE.md": document},
        "named": frozenset({"a.md"}),
        "elsewhere": frozenset({"run.sh"}),
        "evidence": Evidence(today=date(2026, 1, 1)),
        "past": Past(born={b"- a fact": 1.0}),
        "readable_by_others": frozenset({"/p/a.md"}),
        "writable_by_others": frozenset({"/p/b.md"}),
        "scanned": {"/p/a.md": (Secret("odd", 0, 1, b"a"),)},
    }
    around = Surroundings()
    assert set(other) == {each.name for each in fields(around) if each.compare}
    digests = [digest_of(replace(around, **{name: value})) for name, value in other.items()]  # type: ignore[arg-type]
    assert len({digest_of(around), *digests}) == len(other) + 1


def test_path_and_bytes_of_a_document_count_and_what_was_parsed_does_not() -> None:
    one = parse("a.md", b"[b](b.md)")
    before = digest_of(one)
    assert one.links
    assert digest_of(one) == before
    assert len({before, digest_of(parse("b.md", one.raw)), digest_of(parse("a.md", b"[b](c.md)"))}) == 3


def test_a_store_counts_with_its_profile() -> None:
    store = agent_store("/p/.claude/agent-memory/reviewer", user=False)
    other = replace(store, profile=replace(store.profile, max_lines=7))
    assert digest_of(store) != digest_of(other)


def test_what_has_no_digest_is_refused() -> None:
    with pytest.raises(TypeError, match="no digest of function"):
        digest_of({"a": (is_same,)})
