import os
from pathlib import Path

import pytest
from support import write_tree

from memoryd.errors import MemorydError
from memoryd.services.setup.workflow import workflow_path, write_workflow


def test_a_workflow_is_written_once_and_only_inside_of_a_repository(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "code", {"a.py": ""})
    assert workflow_path(root) is None  # not under git
    (root / ".git").mkdir()
    path = workflow_path(root)
    assert path == root / ".github/workflows/memory.yml"
    write_workflow(path)
    assert "memoryd" in path.read_text()
    assert "runs-on:" in path.read_text()
    assert workflow_path(root) is None
    with pytest.raises(MemorydError, match="cannot write"):
        write_workflow(path)


def test_a_directory_of_workflows_that_leads_elsewhere_is_left_alone(tmp_path: Path) -> None:
    root = write_tree(tmp_path / "code", {".git/HEAD": ""})
    (tmp_path / "elsewhere").mkdir()
    os.symlink(tmp_path / "elsewhere", root / ".github")
    assert workflow_path(root) is None
