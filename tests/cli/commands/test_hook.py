"""`memoryd hook` as a person types it."""

import json
from pathlib import Path

from cli.program import Terminal, memoryd
from support import write_tree


def test_hooks_are_installed_looked_at_and_removed(tmp_path: Path, home: Path) -> None:
    path = write_tree(home / ".claude", {"settings.json": '{\n  "model": "opus"\n}\n'}) / "settings.json"
    before = path.read_text()
    shown = memoryd("hook", "install", cwd=tmp_path)
    assert '+    "PreToolUse": [' in shown.out
    assert (shown.code, path.read_text()) == (0, before)
    assert "Use --apply" in shown.err
    done = memoryd("hook", "install", "--apply", cwd=tmp_path)
    assert "Added to ~/.claude/settings.json (remove: memoryd hook uninstall --scope user)" in done.err
    found = json.loads(memoryd("hook", "status", "--json", cwd=tmp_path).out)
    assert [each["hooks"] for each in found["settings"]] == [10, 0, 0]
    assert (found["script"], found["daemon"]) == (True, False)
    assert "nothing to do" in memoryd("hook", "install", "--apply", cwd=tmp_path).err
    memoryd("hook", "uninstall", "--apply", cwd=tmp_path)
    assert path.read_text() == before


def test_hooks_that_are_installed_twice_or_cannot_work_are_told(tmp_path: Path, home: Path) -> None:
    for scope in ("user", "local"):
        assert memoryd("hook", "install", "--apply", "--scope", scope, cwd=tmp_path).code == 0
    (home / ".local" / "state" / "memoryd" / "hook.sh").write_text("old")
    write_tree(tmp_path / ".claude", {"settings.json": "// no JSON"})
    done = memoryd("hook", "status", cwd=tmp_path)
    assert done.code == 1
    assert "more than one place" in done.err
    assert "project  " in done.out
    assert "is not plain JSON" in done.out
    assert "script   missing or of another memoryd" in done.out


def test_a_broken_file_is_refused_and_left_alone(tmp_path: Path, home: Path) -> None:
    path = write_tree(home / ".claude", {"settings.json": "{\n  // mine\n}\n"}) / "settings.json"
    for action in ("install", "uninstall"):
        done = memoryd("hook", action, "--apply", cwd=tmp_path)
        assert (done.code, path.read_text()) == (2, "{\n  // mine\n}\n")
        assert "is not plain JSON, or has comments (line 2)" in done.err


def test_on_a_terminal_it_asks(tmp_path: Path, home: Path) -> None:
    terminal = Terminal("hook", "install", cwd=tmp_path)
    terminal.read_until("settings.json? [y/N]")
    terminal.type("n\n")
    assert "Nothing changed." in terminal.finish().out
    assert not (home / ".claude" / "settings.json").exists()
