"""The command line as a whole."""

from pathlib import Path

from cli.program import memoryd


def test_completion_of_typer_is_off_since_it_changes_settings_of_menus(tmp_path: Path) -> None:
    for option in ("--install-completion", "--show-completion"):
        done = memoryd(option, cwd=tmp_path)
        assert (done.code, done.out) == (2, "")
        assert f"there is no option {option}" in done.err
