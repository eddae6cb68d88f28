import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from support import REPOSITORY, write_tree

from memoryd import __version__
from memoryd.config.locations import Locations, locate
from memoryd.domain.hooks.settings import SHARED_GATE, hooks_object
from memoryd.errors import MemorydError
from memoryd.services.hooks.install import (
    count_hooks,
    is_script_current,
    plan_install,
    plan_uninstall,
    plugin_directory,
    settings_path,
    write_script,
)


@pytest.fixture
def locations() -> Locations:
    return locate(os.environ)


def test_hooks_are_added_and_removed(tmp_path: Path, locations: Locations) -> None:
    path = tmp_path / ".claude" / "settings.json"
    change = plan_install(path, shared=False, script=locations.gate)
    assert change.diff.startswith(f"--- {path}\n+++ {path}\n@@ -0,0 +1")
    change.apply()
    assert count_hooks(path) == 10
    assert plan_install(path, shared=False, script=locations.gate).diff == ""
    plan_uninstall(path).apply()
    assert not path.exists()
    assert plan_uninstall(path).diff == ""


def test_a_file_that_is_shared_names_no_path_of_this_machine(tmp_path: Path, locations: Locations) -> None:
    text = plan_install(tmp_path / "settings.json", shared=True, script=locations.gate).after
    assert str(Path.home()) not in text
    assert '. \\"${MEMORYD_STATE_DIR:-${XDG_STATE_HOME:-$HOME/.local/state}/memoryd}/hook.sh\\"' in text


def test_what_cannot_be_edited_is_refused_with_a_sentence(tmp_path: Path, locations: Locations) -> None:
    path = write_tree(tmp_path, {"settings.json": '{\n  // mine\n  "a": 1\n}\n'}) / "settings.json"
    for plan in (
        lambda: plan_install(path, shared=False, script=locations.gate),
        lambda: plan_uninstall(path),
        lambda: count_hooks(path),
    ):
        with pytest.raises(MemorydError, match=r"is not plain JSON, or has comments \(line 2\)"):
            plan()


def test_each_scope_has_its_file(tmp_path: Path, locations: Locations) -> None:
    assert settings_path("user", locations, tmp_path) == locations.claude / "settings.json"
    assert settings_path("project", locations, tmp_path) == tmp_path / ".claude" / "settings.json"
    assert settings_path("local", locations, tmp_path) == tmp_path / ".claude" / "settings.local.json"


def test_links_are_followed_only_where_they_are_the_users_own(tmp_path: Path, locations: Locations) -> None:
    write_tree(tmp_path / "dotfiles", {"settings.json": "{}"})
    locations.claude.mkdir()
    (locations.claude / "settings.json").symlink_to(tmp_path / "dotfiles" / "settings.json")
    assert settings_path("user", locations, tmp_path) == tmp_path / "dotfiles" / "settings.json"
    write_tree(tmp_path / "p" / ".claude", {})
    (tmp_path / "p" / ".claude" / "settings.json").symlink_to(tmp_path / "dotfiles" / "settings.json")
    with pytest.raises(MemorydError, match="is a link"):
        settings_path("project", locations, tmp_path / "p")
    (tmp_path / "q").mkdir()
    (tmp_path / "q" / ".claude").symlink_to(tmp_path / "dotfiles")
    with pytest.raises(MemorydError, match="is a link"):
        settings_path("local", locations, tmp_path / "q")


def test_the_script_is_that_of_this_program(locations: Locations) -> None:
    assert not is_script_current(locations)
    write_script(locations)
    assert is_script_current(locations)
    locations.gate.write_text("old")
    assert not is_script_current(locations)


def plugin(name: str) -> str:
    return (plugin_directory() / name).read_text()


def test_the_plugin_has_the_hooks_of_the_settings() -> None:
    assert json.loads(plugin("hooks/hooks.json"))["hooks"] == hooks_object(SHARED_GATE)


def test_the_plugin_is_of_this_version() -> None:
    manifest, market = (
        json.loads(plugin(f".claude-plugin/{name}.json")) for name in ("plugin", "marketplace")
    )
    assert manifest["version"] == __version__
    assert [(each["name"], each["source"]) for each in market["plugins"]] == [(manifest["name"], "./")]
    assert market["plugins"][0]["description"] == manifest["description"]


def test_the_plugin_runs_memoryd_wherever_it_is(locations: Locations, tmp_path: Path) -> None:
    (server,) = json.loads(plugin(".mcp.json"))["mcpServers"].values()
    arguments = [each.replace("${CLAUDE_PLUGIN_ROOT}", str(plugin_directory())) for each in server["args"]]
    assert arguments[1:] == ["mcp"]
    environment = {"PATH": "/usr/bin:/bin", "HOME": os.environ["HOME"], "PYTHONPATH": str(REPOSITORY)}

    def run() -> subprocess.CompletedProcess[str]:
        command = [server["command"], arguments[0], "--version"]
        return subprocess.run(
            command, env=environment, cwd=tmp_path, capture_output=True, text=True, check=False
        )

    failed = run()
    assert (failed.returncode, failed.stdout) == (127, "")
    assert "`memoryd plugin path`" in failed.stderr
    write_script(locations)
    (tmp_path / "memoryd.py").write_text("raise SystemExit('of a repository')")
    done = run()
    assert (done.returncode, done.stdout) == (0, f"memoryd {__version__}\n")
    assert os.access(plugin_directory() / "bin/memoryd", os.X_OK)


def test_the_icon_is_a_square() -> None:
    icon = (plugin_directory() / ".claude-plugin/icon.png").read_bytes()
    assert icon.startswith(b"\x89PNG")
    assert icon[16:20] == icon[20:24]


@pytest.mark.parametrize("name", ["commands/status.md", "commands/tidy.md", "skills/memory-hygiene/SKILL.md"])
def test_texts_of_the_plugin_have_a_description_and_name_real_commands(name: str) -> None:
    front, _, body = plugin(name).removeprefix("---\n").partition("\n---\n")
    assert "description: " in front
    commands = re.findall(r"`memoryd ([a-z]+)", body)
    assert commands
    assert set(commands) <= {"status", "check", "compact", "prune", "dedupe", "undo", "search"}
