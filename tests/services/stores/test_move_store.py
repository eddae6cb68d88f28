import os
from pathlib import Path

import pytest
from support import undo, write_tree

from memoryd.adapters.history import History
from memoryd.errors import MemorydError
from memoryd.services.edits import apply
from memoryd.services.stores.move_store import plan_move, remove_emptied

FILES: dict[str, str | bytes] = {
    "MEMORY.md": "- [a](deep/a.md)\r\n- Ünïcode 記憶\r\n",
    "deep/a.md": "# A\n",
    "deep/deeper/b.md": "no line end",
    "empty.md": "",
    "latin.md": b"caf\xe9\n",
    "picture.png": b"\x89PNG\x00\xff",
    ".hidden": "h\n",
    "conflict.md": "<<<<<<< a\nx\n=======\ny\n>>>>>>> b\n",
}


def tree(root: Path) -> dict[str, tuple[bytes, int]]:
    """The files of a directory, with their permission bits."""
    files = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): (path.read_bytes(), path.stat().st_mode) for path in files}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    root = write_tree(tmp_path / "old", FILES)
    (root / "deep/a.md").chmod(0o600)
    return root


def test_every_file_is_moved_and_undo_restores_each_byte(store: Path, tmp_path: Path) -> None:
    before, new = tree(store), tmp_path / "new/place"
    with History(tmp_path / "history.db", "command") as history:
        plan = plan_move([(str(store), str(new))])
        apply(plan, history)
        remove_emptied(plan)
        assert tree(new) == before
        assert not store.exists()
        _, undone, _ = undo(history, None)
        remove_emptied(undone)
        assert tree(store) == before
        assert not new.exists()


def test_several_stores_are_one_operation(store: Path, tmp_path: Path) -> None:
    other = write_tree(tmp_path / "local", {"MEMORY.md": "- l\n"})
    plan = plan_move([(str(store), str(tmp_path / "a")), (str(other), str(tmp_path / "b"))])
    assert len({change.root for change in plan.changes}) == 4


def test_a_move_is_shown_as_renames(store: Path, tmp_path: Path) -> None:
    shown = plan_move([(str(store), str(tmp_path / "new"))]).diff(str(tmp_path))
    assert shown.count("\nsimilarity index 100%\n") == len(FILES)
    assert "rename from old/deep/a.md\nrename to new/deep/a.md\n" in shown
    assert "---" not in shown


def test_what_is_there_already_is_only_removed_from_the_old_place(store: Path, tmp_path: Path) -> None:
    new = write_tree(tmp_path / "new", {"deep/a.md": "# A\n", "empty.md": ""})
    plan = plan_move([(str(store), str(new))])
    created = [change.path for change in plan.changes if change.before is None]
    assert len(created) == len(FILES) - 2
    assert str(new / "empty.md") not in created


@pytest.mark.parametrize(
    "there",
    [
        {"MEMORY.md": "- other\n"},
        {"MEMORY.md": "- [a](deep/a.md)\n- Ünïcode 記憶\n"},
        {"only-there.md": "x\n"},
        {"deep/a.md": "# A"},
        {"picture.png": b"\x89PNG"},
        {"заметка.md": "x\n"},
    ],
)
def test_two_places_that_differ_are_left_alone(
    store: Path, tmp_path: Path, there: dict[str, str | bytes]
) -> None:
    new = write_tree(tmp_path / "new", there)
    with pytest.raises(MemorydError, match="and it differs: ") as caught:
        plan_move([(str(store), str(new))])
    assert next(iter(there)) in caught.value.message
    assert "memoryd join " in str(caught.value.hint)


def test_a_link_is_not_moved(store: Path, tmp_path: Path) -> None:
    (store / "link.md").symlink_to("MEMORY.md")
    with pytest.raises(MemorydError, match=r"link\.md is not a plain file"):
        plan_move([(str(store), str(tmp_path / "new"))])


def test_a_pipe_is_not_opened(store: Path, tmp_path: Path) -> None:
    os.mkfifo(store / "pipe.md")
    with pytest.raises(MemorydError, match=r"pipe\.md is not a plain file"):
        plan_move([(str(store), str(tmp_path / "new"))])


def test_a_large_file_is_named(store: Path, tmp_path: Path) -> None:
    (store / "large.md").write_bytes(b"x" * (1024 * 1024 + 1))
    with pytest.raises(MemorydError, match=r"large\.md is larger than 1 MiB"):
        plan_move([(str(store), str(tmp_path / "new"))])


def test_a_store_without_files_is_nothing_to_move(tmp_path: Path) -> None:
    (tmp_path / "old").mkdir()
    assert plan_move([(str(tmp_path / "old"), str(tmp_path / "new"))]).fixes == ()


def test_a_file_that_changed_since_stops_the_move(store: Path, tmp_path: Path) -> None:
    plan = plan_move([(str(store), str(tmp_path / "new"))])
    (store / "deep/a.md").write_text("# later\n")
    before = tree(store)
    with History(tmp_path / "history.db", "command") as history, pytest.raises(MemorydError):
        apply(plan, history)
    remove_emptied(plan)
    assert tree(store) == before
    assert tree(tmp_path / "new") == {}
