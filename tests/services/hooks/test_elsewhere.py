from pathlib import Path

from support import store_of, write_tree

from memoryd.services.hooks.elsewhere import count_elsewhere, not_elsewhere


def test_lines_are_looked_for_in_other_files(tmp_path: Path) -> None:
    files = {
        "MEMORY.md": "- a\n- b\n- c\n",
        "x.md": "  - a\n",
        "y.md": "- a\n- b\n",
        "z.txt": "- c\n",
        "n/d.md": "- c\n",
    }
    store = store_of(write_tree(tmp_path, files))
    assert not_elsewhere(store, "MEMORY.md", ("- a", "- b", "- c")) == ("- c",)
    assert not_elsewhere(store, "x.md", ()) == ()
    assert count_elsewhere(store, "MEMORY.md", {"- a", "- b"}.__contains__) == {"y.md": 2, "x.md": 1}
    assert list(count_elsewhere(store, "MEMORY.md", {"- a", "- b"}.__contains__)) == ["y.md", "x.md"]


def test_a_file_that_cannot_be_read_is_skipped(tmp_path: Path) -> None:
    store = store_of(write_tree(tmp_path, {"MEMORY.md": "- a\n", "x.md": "- a\n"}))
    (tmp_path / "dir.md").mkdir()
    (tmp_path / "gone.md").symlink_to("nowhere")
    assert not_elsewhere(store, "MEMORY.md", ("- a", "- b")) == ("- b",)
