import os
import tomllib
from pathlib import Path

import pytest
import typer
from cli.program import OVER_LIMIT, Terminal, make_store, memoryd, project_store
from support import tree

from memoryd.cli.commands.init import _words
from memoryd.config.locations import locate


@pytest.fixture
def project(tmp_path: Path, home: Path) -> Path:
    make_store(home / ".claude/agent-memory/reviewer", {"MEMORY.md": OVER_LIMIT})
    project = tmp_path / "code"
    project_store(project, "writer", {"MEMORY.md": "- a\n"})
    (project / ".git").mkdir()
    return project


def test_nothing_is_changed_without_a_yes(project: Path, home: Path) -> None:
    before = tree(home), tree(project)
    done = memoryd("init", "--ci", cwd=project)
    assert done.code == 0, done.err
    assert "2 memory stores found (1 user, 1 project)." in done.out
    assert "reviewer (user): MEMORY.md had 241 lines, 37 entries unseen; now " in done.out
    assert '[enforce] default = "compact"' in done.err
    assert "write .github/workflows/memory.yml" in done.err
    assert done.err.endswith("Nothing changed. Use --yes to do it.\n")
    assert (tree(home), tree(project)) == before


def test_every_answer_has_an_option(project: Path) -> None:
    words = ("--enforce", "report", "--enforce", "user=compact", "--ci", "--no-service", "--yes")
    done = memoryd("init", *words, cwd=project)
    assert done.code == 0, done.err
    config = locate(os.environ).config
    assert tomllib.loads(config.read_text()) == {"enforce": {"default": "report", "user": "compact"}}
    assert (project / ".github/workflows/memory.yml").exists()
    again = memoryd("init", "--yes", cwd=project)
    assert again.err.endswith("Nothing to do: memoryd is set up in ~/.config/memoryd/config.toml.\n")


def test_on_a_terminal_each_scope_is_asked_for_once(project: Path, home: Path) -> None:
    store = tree(home / ".claude")
    terminal = Terminal("init", "--no-service", cwd=project, SHELL="/bin/bash")
    for question, answer in (
        ("user (1 store): compact, report or off? [compact]", "of"),
        ("Type compact, report or off.", ""),
        ("project (1 store): compact, report or off? [compact]", "off"),
        ("when they appear: compact, report or off? [compact]", "report"),
        ("Complete words in bash, such as agents and rules? [y/N]", "n"),
        ("which checks this repository? [y/N]", ""),
        ("Go ahead? [y/N]", "yes"),
    ):
        terminal.read_until(question)
        terminal.type(f"{answer}\n")
    done = terminal.finish()
    assert done.code == 0, done.out
    values = tomllib.loads(locate(os.environ).config.read_text())
    assert values == {"enforce": {"default": "report", "user": "compact", "project": "off"}}
    assert not (project / ".github").exists()
    assert tree(home / ".claude") == store


@pytest.mark.parametrize("word", ["on", "all=compact", "user=", "=", "user=compact=off"])
def test_a_word_that_means_nothing_is_refused(word: str) -> None:
    with pytest.raises(typer.BadParameter, match="words are compact, report, off"):
        _words([word])
