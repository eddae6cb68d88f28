from pathlib import Path

from cli.program import memoryd


def test_the_directory_of_the_plugin_is_printed_and_its_hooks_can_work(tmp_path: Path, home: Path) -> None:
    done = memoryd("plugin", "path", cwd=tmp_path)
    assert done.code == 0
    assert (Path(done.out.removesuffix("\n")) / ".claude-plugin" / "plugin.json").is_file()
    assert (home / ".local" / "state" / "memoryd" / "hook.sh").is_file()
