"""Consent to changes: nothing is changed before it."""

import os
import signal
from pathlib import Path

from cli.program import OVER_LIMIT, Terminal, make_store
from support import tree

from memoryd.cli.output.setup import ask_once
from memoryd.config.locations import locate
from memoryd.runtime import build


def test_on_a_terminal_run_announces_and_asks_once(home: Path) -> None:
    store = make_store(home / ".claude/agent-memory/reviewer", {"MEMORY.md": OVER_LIMIT})
    before = tree(store)
    terminal = Terminal("run", cwd=home, MEMORYD_SETTLE="0.1")
    terminal.read_until("[y/N]")
    assert "reviewer (user): MEMORY.md had 241 lines, 37 entries unseen; now " in terminal.seen
    assert tree(store) == before
    assert not locate(os.environ).history.exists()
    terminal.type("y\n")
    terminal.read_until("memoryd undo 1")
    terminal.process.send_signal(signal.SIGTERM)
    terminal.finish()
    assert locate(os.environ).config.read_text() == '[enforce]\ndefault = "compact"\n'
    assert build().config.enforce is not None  # so that the next start asks nothing


def test_after_a_no_it_looks_and_changes_nothing(home: Path) -> None:
    store = make_store(home / ".claude/agent-memory/reviewer", {"MEMORY.md": OVER_LIMIT})
    before = tree(store)
    terminal = Terminal("run", cwd=home, MEMORYD_SETTLE="0.1", MEMORYD_RESCAN="0.1")
    terminal.read_until("[y/N]")
    terminal.type("n\n")
    terminal.read_until("over_limit")
    terminal.process.send_signal(signal.SIGTERM)
    assert "compacted" not in terminal.finish().out
    assert tree(store) == before
    assert not locate(os.environ).config.exists()


def test_without_a_terminal_only_an_option_is_a_yes(home: Path) -> None:
    runtime = build()
    assert ask_once(runtime, yes=False) is runtime
    assert not locate(os.environ).config.exists()
    enforce = ask_once(runtime, yes=True).config.enforce
    assert enforce is not None
    assert enforce.default == "compact"
    os.chmod(home / ".config/memoryd/config.toml", 0o400)
    chosen = build()
    assert ask_once(chosen, yes=True) is chosen  # it was decided before
