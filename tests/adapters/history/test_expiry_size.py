import time

import pytest

from memoryd.adapters.history import History, expiry

ROOTS = ["/s/small", "/s/large"]
DAY = 86400


def test_stores_are_told_apart_and_growth_is_by_day(history: History) -> None:
    small, large = ROOTS
    history.observe(small, [(f"{small}/MEMORY.md", b"- a\n")])
    for number in range(50):
        content = b"".join(b"%d\n" % (number * 1000 + each) for each in range(500))
        history.observe(large, [(f"{large}/MEMORY.md", content)])
    size, stores = history.size(time.time()), history.store_sizes()
    assert list(stores) == [large, small]
    assert stores[large] > 10 * stores[small]
    assert stores[large] < size.total < 3 * sum(stores.values())
    assert abs(size.growth * 7 - sum(stores.values())) < 7
    assert history.size(time.time() + 8 * DAY).growth == 0


def test_an_empty_history_has_a_size(history: History) -> None:
    size = history.size(time.time())
    assert (history.store_sizes(), size.growth) == ({}, 0)
    assert size.total > 0


def test_of_many_versions_the_newest_tell_the_growth(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = "/s/rev/MEMORY.md"
    for number in range(60):
        history.observe("/s/rev", [(path, b"- %d\n" % number)])
    exact = history.size(time.time()).growth
    monkeypatch.setattr(expiry, "_SAMPLE", 20)
    assert abs(history.size(time.time()).growth / exact - 1) < 0.05
