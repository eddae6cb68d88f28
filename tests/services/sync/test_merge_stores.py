"""Which files change where."""

from pathlib import Path

from support import needs_git, store_of, write_tree

from memoryd.adapters.git.transport import Transport, make_remote
from memoryd.domain.sync import blob_id
from memoryd.services.sync.merge_stores import StoreMerges, SyncedStore, changed_files

KEY = "user/x"
pytestmark = needs_git


def test_each_file_goes_where_it_is_missing(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "store", {"MEMORY.md": "- here\n", "same.md": "= \n", "x.txt": "no\n"})
    make_remote(tmp_path / "remote")
    transport = Transport(tmp_path / "own", str(tmp_path / "remote"))
    files: dict[str, bytes | None] = {
        f"{KEY}/memory/{name}": content
        for name, content in {"new.md": b"new\n", "same.md": b"= \n", "odd.txt": b"no\n"}.items()
    }
    tree = transport.tree(transport.commit("", files, "m", "x"))
    each = SyncedStore(KEY, str(root), store_of(root))
    merges = StoreMerges(transport, tree, [each], {})
    done = merges.merge(each)
    assert merges.sent == {f"{KEY}/memory/MEMORY.md": b"- here\n"}
    assert [(change.path, change.after) for change in done.changes] == [(f"{root}/new.md", b"new\n")]
    contents = {"MEMORY.md": b"- here\n", "new.md": b"new\n", "same.md": b"= \n"}
    assert done.merged == {path: blob_id(content) for path, content in contents.items()}
    assert changed_files(each, {str(root): done.merged}) == 1  # it is not written yet


def test_conflict_markers_stay_here(tmp_path: Path) -> None:
    marked = "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n"
    root = write_tree(tmp_path / "store", {"MEMORY.md": marked})
    make_remote(tmp_path / "remote")
    each = SyncedStore(KEY, str(root), store_of(root))
    merges = StoreMerges(Transport(tmp_path / "own", str(tmp_path / "remote")), {}, [each], {})
    assert merges.merge(each).held == [f"{root}/MEMORY.md"]
    assert merges.sent == {}
