"""Notifications of a daemon that starts no program itself."""

import os
from pathlib import Path

import pytest
from services.daemons import Start, memoryd
from support import landlock_version, long_index, wait_for, write_tree


def test_a_compaction_runs_the_command_of_the_user_outside_of_the_sandbox(
    start: Start, container: Path, home: Path, tmp_path: Path
) -> None:
    write_tree(
        tmp_path,
        {"tell": f'#!/bin/sh\nprintf "%s\\n" "$@" > {tmp_path}/new && mv {tmp_path}/new {tmp_path}/told\n'},
    )
    (tmp_path / "tell").chmod(0o755)
    write_tree(home / ".config/memoryd", {"config.toml": f"[notify]\ncommand = \"'{tmp_path}/tell' -x\"\n"})
    write_tree(container / "reviewer", {"MEMORY.md": long_index()})
    service = start(MEMORYD_SETTLE="0")
    service.wait_for("compacted")
    wait_for((tmp_path / "told").exists)
    option, title, sentence = (tmp_path / "told").read_text().splitlines()
    assert (option, title) == ("-x", "memoryd: compacted")
    assert sentence.startswith("reviewer: MEMORY.md had ")
    assert sentence.endswith(" Undo: memoryd undo 1")
    if landlock_version() > 0:
        assert service.wait_for_status(lambda status: status.sandbox).sandbox == "on"
    assert service.stop() == 0
    again = start(MEMORYD_SETTLE="0")  # no helper keeps the lock
    assert again.stop() == 0


@pytest.mark.parametrize("text", ['command = ""', 'command = "\'"', 'desktop = "sometimes"', "colour = 1"])
def test_a_wrong_setting_is_a_sentence(home: Path, text: str) -> None:
    write_tree(home / ".config/memoryd", {"config.toml": f"[notify]\n{text}\n"})
    done = memoryd("config", "validate")
    assert done.returncode == 2
    assert "notify" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_repository_cannot_configure_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_tree(tmp_path / "code", {".git/HEAD": "", ".claude/agent-memory/a/MEMORY.md": "- a\n"})
    write_tree(tmp_path / "code", {".memoryd.toml": '[notify]\ncommand = "touch x"\n'})
    monkeypatch.chdir(tmp_path / "code")
    done = memoryd("check")
    assert 'unknown key "notify"' in done.stdout + done.stderr
    assert not os.path.exists("x")
