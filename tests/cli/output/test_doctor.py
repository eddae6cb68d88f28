from pathlib import Path

import pytest
from cli.program import Terminal, memoryd
from services.doctor.looking import Look, Seen, files
from support import write_tree


@pytest.fixture
def look(tmp_path: Path, home: Path) -> Look:
    write_tree(home / ".claude" / "agent-memory" / "reviewer", {"MEMORY.md": "- a\n"})

    def look(**environment: str) -> Seen:
        before = files(home)
        done = memoryd("doctor", "--json", cwd=tmp_path, **environment)
        assert done.err == ""
        assert files(home) == before  # it changes nothing
        return Seen(done.code, done.out)

    return look


@pytest.fixture
def known(look: Look, tmp_path: Path) -> Look:
    """With history and index."""
    assert look().code == 0
    assert memoryd("search", "a", cwd=tmp_path).code == 0
    assert memoryd("log", "--all", cwd=tmp_path).code == 0
    return look


def test_on_a_terminal_sentences_are_wrapped_between_words(known: Look, tmp_path: Path) -> None:
    assert known().code == 0
    shown = Terminal("doctor", cwd=tmp_path, columns=60, TERM="dumb").finish().out
    assert max(map(len, shown.splitlines())) <= 60
    assert "⚠ the daemon does not run: memory is searched and checked on\n  request, but" in shown
