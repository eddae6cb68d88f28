import os
from pathlib import Path

import pytest
from cli.program import memoryd, project_store
from support import write_tree

from memoryd.cli.arguments import store_named
from memoryd.cli.commands.edit import _file
from memoryd.errors import MemorydError
from memoryd.runtime import build


def editor(tmp_path: Path, text: str) -> str:
    """An editor that adds a line."""
    write_tree(tmp_path, {"editor": f"#!/bin/sh\nprintf '%s\\n' '{text}' >> \"$2\"\n"})
    (tmp_path / "editor").chmod(0o755)
    return f"{tmp_path}/editor --wait"


def test_what_was_before_and_after_is_recorded_and_new_findings_are_shown(tmp_path: Path) -> None:
    store = project_store(tmp_path, "reviewer", {"MEMORY.md": "- a\n- [x](old.md)\n"})
    done = memoryd("edit", "reviewer", cwd=tmp_path, EDITOR=editor(tmp_path, "- [Gone](gone.md)"))
    assert done.code == 0, done.err
    assert done.err.startswith(
        "Recorded. Its versions: memoryd log .claude/agent-memory/reviewer/MEMORY.md\n"
    )
    assert "MEMORY.md has 3 of 200 lines" in done.err
    assert done.err.count("L001") == 1  # not that of old.md
    shown = memoryd("diff", f"{store}/MEMORY.md@1", cwd=tmp_path).out
    assert "+- [Gone](gone.md)" in shown
    done = memoryd("edit", "reviewer", cwd=tmp_path, EDITOR="true")
    assert done.err == "Nothing changed.\n"
    done = memoryd("edit", "reviewer", cwd=tmp_path, EDITOR="false")
    assert (done.code, "the editor false ended with 1" in done.err) == (2, True)


def test_only_files_of_the_store_are_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = project_store(tmp_path / "code", "reviewer", {"MEMORY.md": "- a\n", "notes/deploy.md": "- b\n"})
    (tmp_path / "code" / ".git").mkdir()
    write_tree(tmp_path, {"secret.md": "- s\n"})
    os.symlink(tmp_path / "secret.md", store / "out.md")
    monkeypatch.chdir(tmp_path / "code")
    found = store_named(build(), "reviewer")
    assert _file(found, None) == store / "MEMORY.md"
    assert _file(found, "notes/deploy") == store / "notes/deploy.md"
    for name in ("out", "../../../../secret.md", "deploi"):
        with pytest.raises(MemorydError, match="has no file"):
            _file(found, name)
    (store / "MEMORY.md").unlink()
    os.symlink(tmp_path / "secret.md", store / "MEMORY.md")
    with pytest.raises(MemorydError, match="is not edited"):
        _file(found, None)
