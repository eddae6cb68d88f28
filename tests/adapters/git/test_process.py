"""The git program: where it is looked for, and who may start programs at all."""

import ast
import os
from pathlib import Path

import pytest
from house.imports import MODULES
from support import write_tree

from memoryd.adapters.git.process import environment_without_git, git_program, has_git
from memoryd.adapters.git.repository import GitError

STARTERS = {
    "memoryd.adapters.git.archive",  # git, to write an export
    "memoryd.adapters.git.process",  # git, with limits
    "memoryd.adapters.security",  # a scanner that the command line names
    "memoryd.adapters.service.launchd",
    "memoryd.adapters.service.systemd",
    "memoryd.adapters.daemon.notifier",  # what a person configured, apart from the daemon
    "memoryd.cli.commands.init",  # this memoryd, for what a person accepted
    "memoryd.cli.editor",  # $EDITOR
    "memoryd.cli.pages",  # the pager
    "memoryd.services.service",  # this Python, for `service install`
}


def test_only_known_modules_start_programs() -> None:
    found = set()
    for module, path in MODULES.items():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import) and any(each.name == "subprocess" for each in node.names):
                found.add(module)
    assert found == STARTERS


def test_git_is_looked_for_in_absolute_directories_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tree(tmp_path / "a", {"git": ""})
    write_tree(tmp_path / "b", {"git": "#!/bin/sh\n"})
    (tmp_path / "b/git").chmod(0o755)
    monkeypatch.chdir(tmp_path / "b")
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", f"{tmp_path}/a", f"{tmp_path}/b"]))
    assert git_program() == f"{tmp_path}/b/git"
    monkeypatch.setenv("PATH", os.pathsep.join([".", "", f"{tmp_path}/a"]))
    assert not has_git()
    with pytest.raises(GitError, match="git is not installed"):
        git_program()


def test_no_variable_of_git_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_DIR", "x")
    monkeypatch.setenv("GIT_EXTERNAL_DIFF", "x")
    assert not [name for name in environment_without_git() if name.startswith("GIT_")]
