"""Facts that are kept are read once, and the oldest about a store are dropped."""

import json

from memoryd.domain.text.kept_facts import DocumentFacts, KeptFacts, StoreFacts


def test_a_fact_that_was_added_is_in_the_text() -> None:
    facts = KeptFacts('{"a":1}')
    assert (facts.as_text(), facts.is_new) == ('{"a":1}', False)
    facts.add("b", [2])
    assert (json.loads(facts.as_text()), facts.is_new) == ({"a": 1, "b": [2]}, True)


def test_a_fact_about_something_else_is_not_known() -> None:
    facts = KeptFacts()
    facts.add_of("found", "1", ["x"])
    assert (facts.of("found", "1"), facts.of("found", "2"), facts.of("other", "1")) == (["x"], None, None)
    facts.add_of("found", "2", [])
    assert (facts.of("found", "1"), facts.of("found", "2")) == (None, [])


def test_the_last_facts_about_a_store_are_kept() -> None:
    facts = StoreFacts()
    for number in range(20):
        facts.add(f"fact {number}", number)
    facts.add("fact 3", 3)
    wanted = [*(f"fact {number}" for number in range(9, 20)), "fact 3"]
    assert list(json.loads(facts.as_text())) == wanted


def test_large_facts_are_read_when_one_is_asked_for() -> None:
    read = []
    facts = DocumentFacts(b"", "{}", lambda: read.append(1) or "{}")  # type: ignore[func-returns-value]
    assert (facts.new_large, read) == (None, [])
    assert (facts.large.facts, facts.new_large, read) == ({}, None, [1])
    facts.large.add("notes", [])
    assert facts.new_large is facts.large
