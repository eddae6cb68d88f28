"""Installation of completion: only its own lines, again without effect, and gone without a trace."""

import os
from pathlib import Path

import pytest

from memoryd.errors import MemorydError
from memoryd.services.completion.install import Shell, files_of, install, script_of, shell_of, uninstall

SETTINGS = (
    "",
    "alias l=ls\n",
    "alias l=ls",
    "\n\n",
    "# r\u00e9glages\r\nexport A=1\r\n",
    "zstyle ':completion:*' menu no\n\n",
)


def tree(home: Path) -> dict[str, bytes]:
    return {str(path.relative_to(home)): path.read_bytes() for path in home.rglob("*") if path.is_file()}


@pytest.mark.parametrize("shell", Shell)
@pytest.mark.parametrize("settings", SETTINGS)
def test_it_is_removed_without_a_trace(home: Path, shell: Shell, settings: str) -> None:
    for name in (".bashrc", ".zshrc"):
        (home / name).write_bytes(settings.encode())
    before = tree(home)
    written = install(shell, os.environ)
    after = tree(home)
    assert set(written) == {home / name for name in after if before.get(name) != after[name]}
    assert install(shell, os.environ) == []
    assert tree(home) == after
    assert set(uninstall(shell, os.environ)) == set(written)
    assert tree(home) == before
    assert uninstall(shell, os.environ) == []


@pytest.mark.parametrize("shell", [Shell.BASH, Shell.ZSH])
def test_one_line_is_added_to_the_settings(home: Path, shell: Shell) -> None:
    before = "zstyle ':completion:*' menu no\n"
    settings = home / f".{shell}rc"
    settings.write_text(before)
    install(shell, os.environ)
    where = files_of(shell, os.environ)
    assert settings.read_text() == f"{before}{where.line}\n"
    assert where.script.read_text() == script_of(shell)


def test_a_line_for_another_path_is_replaced(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(Shell.BASH, os.environ)
    (home / ".bashrc").write_text((home / ".bashrc").read_text() + "alias l=ls\n")
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "it's data"))
    install(Shell.BASH, os.environ)
    text = (home / ".bashrc").read_text()
    assert text == f"alias l=ls\n{files_of(Shell.BASH, os.environ).line}\n"


def test_links_and_permissions_stay(home: Path) -> None:
    real = home / "dotfiles" / "bashrc"
    real.parent.mkdir()
    real.write_text("alias l=ls\n")
    real.chmod(0o640)
    (home / ".bashrc").symlink_to("dotfiles/bashrc")
    install(Shell.BASH, os.environ)
    uninstall(Shell.BASH, os.environ)
    assert (home / ".bashrc").is_symlink()
    assert (real.read_text(), real.stat().st_mode & 0o777) == ("alias l=ls\n", 0o640)
    assert [path.name for path in home.iterdir() if path.name.startswith(".bashrc.")] == []


def test_a_relative_xdg_directory_does_not_count(home: Path) -> None:
    found = files_of(Shell.FISH, {"XDG_CONFIG_HOME": "here"})
    assert found.script == home / ".config/fish/completions/memoryd.fish"
    assert found.settings is None


def test_what_cannot_be_written_is_one_sentence(home: Path) -> None:
    (home / ".local").write_text("a file")
    with pytest.raises(MemorydError, match=r"^cannot write .*completions/memoryd: Not a directory$"):
        install(Shell.BASH, os.environ)
    assert not (home / ".bashrc").exists()


@pytest.mark.parametrize(
    ("value", "shell"),
    [("/bin/bash", Shell.BASH), ("/usr/local/bin/fish", Shell.FISH), ("/bin/tcsh", None), ("", None)],
)
def test_the_login_shell_is_known_by_its_name(value: str, shell: Shell | None) -> None:
    assert shell_of({"SHELL": value}) == shell
    assert shell_of({}) is None
