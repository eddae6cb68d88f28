import os
import time
from pathlib import Path

import pytest
from support import store_of, write_tree

from memoryd.adapters.stores.discovery import FoundStores
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.stores.store import Store
from memoryd.rules import ALL_RULES
from memoryd.services.status import overview as overviews
from memoryd.services.status.overview import overview


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return store_of(write_tree(tmp_path / "store", {"MEMORY.md": "- [gone](gone.md)\n", "a.md": "a\n"}))


@pytest.fixture
def kept(tmp_path: Path) -> KeptFiles:
    (tmp_path / "facts").mkdir(mode=0o700)  # not meanwhile: links lead into the directory around
    return KeptFiles(tmp_path / "facts")


def told(store: Store, kept: KeptFiles | None) -> tuple[object, ...]:
    (view,) = overview(FoundStores((store,)), ALL_RULES, kept=kept).views
    return view.summary, view.report, view.changed


def never(*_: object, **__: object) -> object:
    raise AssertionError


def test_a_file_that_is_too_fresh_to_be_trusted_is_read_again(store: Store, kept: KeptFiles) -> None:
    told(store, kept)
    assert len(kept.texts("status")) == 1, "only what is known of all stores together, by content"
    before = (Path(store.root) / "a.md").stat()
    (Path(store.root) / "a.md").write_text("[\n")
    os.utime(Path(store.root) / "a.md", ns=(before.st_atime_ns, before.st_mtime_ns))
    assert told(store, kept) == told(store, None)


@pytest.mark.usefixtures("_at_once")
def test_nothing_is_read_where_nothing_changed(
    store: Store, kept: KeptFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = told(store, kept)
    before = kept.texts("status")
    monkeypatch.setattr(overviews, "read_surroundings", lambda *_, **__: ())
    for name in ("found_in", "check_together"):
        monkeypatch.setattr(f"memoryd.services.checks.check.{name}", never)
    monkeypatch.setattr("memoryd.adapters.stores.contents.load", never)
    assert told(store, kept) == wanted
    assert kept.texts("status") == before


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize("damage", ["noise", "half", "gone"])
def test_a_damaged_file_is_made_again(store: Store, kept: KeptFiles, tmp_path: Path, damage: str) -> None:
    wanted = told(store, kept)
    file = tmp_path / "facts/status"
    whole = file.read_bytes()
    file.unlink()
    if damage != "gone":
        file.write_bytes(os.urandom(100) if damage == "noise" else whole[: len(whole) // 2])
    assert told(store, kept) == wanted
    assert len(kept.texts("status")) == 2


@pytest.mark.usefixtures("_at_once")
def test_what_is_known_of_stores_that_are_not_looked_at_is_bounded(
    store: Store, kept: KeptFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.keep_texts("status", {f"{number:032x}": "[]" for number in range(20)})
    monkeypatch.setattr("memoryd.services.checks.verdicts._MOST", 7)
    told(store, kept)
    assert len(kept.texts("status")) == 9


@pytest.mark.usefixtures("_at_once")
def test_a_clock_in_the_future_is_not_trusted(store: Store, kept: KeptFiles) -> None:
    ahead = time.time() + 1000
    os.utime(Path(store.root) / "a.md", (ahead, ahead))
    told(store, kept)
    assert len(kept.texts("status")) == 1
