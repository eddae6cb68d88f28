import os
from pathlib import Path

from cli.program import memoryd, project_store
from support import tree

from memoryd.config.locations import locate


def test_it_shows_what_it_would_delete_and_deletes_it_only_after_a_yes(tmp_path: Path, home: Path) -> None:
    project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n"})
    memoryd("search", "a", cwd=tmp_path)
    before = tree(home), tree(tmp_path)
    done = memoryd("purge-data", cwd=tmp_path)
    assert done.code == 0, done.err
    assert "~/.local/state/memoryd/history.db" in done.out
    assert done.err.endswith("Nothing changed. Use --yes to delete it.\n")
    assert (tree(home), tree(tmp_path)) == before
    assert memoryd("purge-data", "--yes", cwd=tmp_path).code == 0
    assert not locate(os.environ).history.parent.exists()
    assert tree(tmp_path) == before[1]
    assert "Nothing to delete" in memoryd("purge-data", cwd=tmp_path).err
