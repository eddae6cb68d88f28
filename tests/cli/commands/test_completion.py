"""`completion`: the script, its installation, and what the shell is by default."""

from pathlib import Path

from cli.program import memoryd

from memoryd.services.completion.install import Shell, script_of


def test_it_prints_installs_and_removes_the_script(home: Path, tmp_path: Path) -> None:
    done = memoryd("completion", cwd=tmp_path, SHELL="/usr/bin/fish")
    assert (done.code, done.out, done.err) == (0, script_of(Shell.FISH), "")
    done = memoryd("completion", "fish", "--install", cwd=tmp_path)
    path = ".config/fish/completions/memoryd.fish"
    assert (done.code, done.err.splitlines()[0]) == (0, f"wrote ~/{path}")
    assert (home / path).read_text() == script_of(Shell.FISH)
    done = memoryd("completion", "fish", "--uninstall", cwd=tmp_path)
    assert (done.code, done.err) == (0, f"removed ~/{path}\n")


def test_another_shell_is_an_error_that_names_those_it_knows(tmp_path: Path) -> None:
    done = memoryd("completion", cwd=tmp_path, SHELL="/bin/tcsh")
    assert (done.code, done.out) == (2, "")
    assert done.err.endswith("  hint: name one: bash, zsh, fish\n")
    assert memoryd("completion", "zsh", "--install", "--uninstall", cwd=tmp_path).code == 2
