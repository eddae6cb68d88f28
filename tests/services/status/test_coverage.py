from pathlib import Path

from support import store_of, write_tree

from memoryd.adapters.search.index import Index
from memoryd.adapters.stores.look import look
from memoryd.services.search.update_index import sync
from memoryd.services.status.coverage import IndexCoverage, compare_with_disk


def test_what_is_indexed_is_compared_with_the_disk(tmp_path: Path) -> None:
    stores = [store_of(write_tree(tmp_path / name, {"MEMORY.md": "a\n", "b.md": "b\n"})) for name in "xy"]
    assert compare_with_disk(stores, None, look) == IndexCoverage(0, 0, 4)
    with Index(tmp_path / "index.db") as index:
        sync(stores, index, None)
        for seen in (look, lambda _: None):
            assert compare_with_disk(stores, index, seen) == IndexCoverage(4, 4, 4)
        (tmp_path / "x/b.md").write_text("longer\n")
        (tmp_path / "y/b.md").unlink()
        (tmp_path / "y/c.md").symlink_to("MEMORY.md")
        for seen in (look, lambda _: None):
            assert compare_with_disk(stores, index, seen) == IndexCoverage(4, 2, 4)
