"""Stores with files that are read on demand."""

from pathlib import Path

from support import store_of, write_tree

from memoryd.adapters.stores.contents import snapshot
from memoryd.adapters.stores.lazy import lazy_snapshot


def test_a_file_is_read_once_and_what_is_known_of_it_recalled(tmp_path: Path) -> None:
    store = store_of(write_tree(tmp_path / "store", {"MEMORY.md": "- a fact\n", "a.md": "a\n"}))
    whole, recalled = snapshot(store), list[str]()
    lazy = lazy_snapshot(store, tuple(whole.documents), (), lambda document: recalled.append(document.path))
    assert list(lazy.documents) == list(whole.documents)
    assert recalled == []
    (tmp_path / "store/a.md").unlink()
    assert lazy.documents["MEMORY.md"] is lazy.documents["MEMORY.md"]
    assert lazy.documents["MEMORY.md"].raw == b"- a fact\n"
    assert lazy.documents["a.md"].raw == b"", "it was deleted meanwhile"
    assert recalled == ["MEMORY.md", "a.md"]
