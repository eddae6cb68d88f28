"""The plan that makes one store of several."""

from pathlib import Path

import pytest
from support import write_tree

from memoryd.adapters.history import History
from memoryd.errors import MemorydError
from memoryd.services.edits import apply
from memoryd.services.stores.join_stores import plan_join


def test_three_stores_become_one_and_come_back(tmp_path: Path) -> None:
    own = write_tree(tmp_path / "own", {"MEMORY.md": "- one\n"})
    two = write_tree(tmp_path / "two", {"MEMORY.md": "- one\n- two\n", "t.md": "# T\n", "x.bin": "x"})
    three = write_tree(tmp_path / "three", {"MEMORY.md": "- three\n", "t.md": "# T\n"})
    with History(tmp_path / "history.db") as history:
        joined = plan_join([str(two), str(three)], str(own), history)
        assert joined.doubts == 0
        identity = apply(joined.plan, history)
        assert sorted((own / "MEMORY.md").read_text().split()) == ["-", "-", "-", "one", "three", "two"]
        assert (own / "x.bin").read_text() == "x"
        assert not list(two.glob("*"))
        operation = history.operation(identity)
        assert operation is not None
        changes = {change.path: change.before for change in history.plan(operation).changes}
        assert changes[f"{two}/MEMORY.md"] == b"- one\n- two\n"


def test_a_deleted_store_is_taken_from_the_history(tmp_path: Path) -> None:
    own = write_tree(tmp_path / "own", {"MEMORY.md": "- one\n"})
    gone = str(tmp_path / "gone")
    with History(tmp_path / "history.db") as history:
        history.observe(gone, [(f"{gone}/MEMORY.md", b"- old\n"), (f"{gone}/dropped.md", b"x")])
        history.observe(gone, [(f"{gone}/dropped.md", None)])
        history.observe(gone, [(f"{gone}/MEMORY.md", b"- one\n- two\n")])
        history.observe(gone, [(f"{gone}/MEMORY.md", None)])
        (change,) = plan_join([gone], str(own), history).plan.changes
        assert change.after == b"- one\n- two\n"
    with pytest.raises(MemorydError, match="has no memory"):
        plan_join([gone], str(own), None)
