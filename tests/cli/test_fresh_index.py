from pathlib import Path

import pytest
from cli.program import memoryd, project_store


@pytest.fixture
def project(tmp_path: Path) -> Path:
    project_store(
        tmp_path,
        "reviewer",
        {
            "MEMORY.md": "- [Cache](cache.md) — the compiler cache\n",
            "cache.md": "# Compiler cache\n\nWarm it before noon.\n",
        },
    )
    project_store(tmp_path, "writer", {"MEMORY.md": "- tone: calm, noon\n"})
    return tmp_path


def test_a_search_is_never_stale(project: Path) -> None:
    memoryd("search", "zebra", cwd=project)
    project_store(project, "writer", {"zebra.md": "# Zebra\n"})
    assert "zebra.md:1" in memoryd("search", "zebra", cwd=project).out


def test_a_history_that_cannot_be_opened_stops_no_search(project: Path) -> None:
    (project / "file").touch()
    done = memoryd("search", "warm", cwd=project, MEMORYD_STATE_DIR=str(project / "file"))
    assert done.code == 0
    assert done.err.startswith("warning: cannot open the history")
    assert done.err.endswith("; versions are not recorded\n")
    assert "cache.md:3" in done.out
