import time
from pathlib import Path

from support import store_of, write_tree

from memoryd.adapters.history import History
from memoryd.domain.stores.store import Store
from memoryd.services.report.past import StorePast, day_of, sparks
from memoryd.services.status.survey import survey
from memoryd.services.status.views import StoreView

DAY = 86_400.0


def view_of(store: Store) -> StoreView:
    (view,) = survey((store,), (), ())
    return view


def recorded(history: History, store: Store, counts: list[int], now: float) -> None:
    """Record an index file with so many lines, a day after each other, the last one today."""
    files = (
        (now - (len(counts) - number) * DAY, f"{store.root}/MEMORY.md", b"- fact\n" * count, "")
        for number, count in enumerate(counts, 1)
    )
    history.add_past(store.root, files)


def test_the_fill_over_time_is_blocks(tmp_path: Path) -> None:
    store = store_of(write_tree(tmp_path / "s", {"MEMORY.md": "- fact\n" * 200}))
    now = time.time()
    with History(tmp_path / "history.db") as history:
        recorded(history, store, [20, 100, 200], now)
        found = sparks([view_of(store)], history, now)
    assert found == {store.root: ("▂▂▂▂▂▅▅▅▅▅▅█", day_of(now - 2 * DAY))}


def test_a_store_that_never_changed_has_no_blocks(tmp_path: Path) -> None:
    store = store_of(write_tree(tmp_path / "s", {"MEMORY.md": "- fact\n" * 20}))
    now = time.time()
    with History(tmp_path / "history.db") as history:
        recorded(history, store, [20], now)
        assert sparks([view_of(store)], history, now) == {}
    assert sparks([view_of(store)], None, now) == {}


def test_without_a_history_there_is_only_the_present(tmp_path: Path) -> None:
    store = store_of(write_tree(tmp_path / "s", {"MEMORY.md": "- fact\n" * 20}))
    past = StorePast(None, (0.0, 9.0))
    assert (past.versions(store.root), past.operations(store.root)) == ((), ())
    assert [point.used for point in past.trend(view_of(store), 9)] == [0.1]


def test_few_versions_give_the_points_of_all(tmp_path: Path) -> None:
    store = store_of(write_tree(tmp_path / "s", {"MEMORY.md": "- fact\n" * 150}))
    now = time.time()
    with History(tmp_path / "history.db") as history:
        recorded(history, store, [*range(1, 120), 90, 30, 150], now)
        view = view_of(store)
        for days in (7, 30, 89, 400):
            past = StorePast(history, (now - days * DAY, now))
            for most in (1, 3, 12, 50):
                everything = past.versions(store.root)
                assert past.trend(view, most) == past.trend(view, most, everything)
