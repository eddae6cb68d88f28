"""`run --sample`: sample memory in a home of its own."""

import os
import re
import signal
import subprocess
from pathlib import Path

from cli.program import COMMAND, OVER_LIMIT, ROOT, Terminal, make_store
from house.documentation import README
from support import measured_too, tree


def run_sample(home: Path) -> str:
    """Run until the sample is compacted, then stop; returns what was said."""
    own = {f"XDG_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "STATE")}
    own |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "PYTHONPATH": str(ROOT)}
    own |= measured_too(home / "cache" / "memoryd" / "sample")
    command = [*COMMAND, "run", "--sample"]
    said = ""
    with subprocess.Popen(
        command, cwd=home, env={**os.environ, **own}, stderr=subprocess.PIPE, text=True
    ) as running:
        assert running.stderr is not None
        while "see the result" not in said:
            line = running.stderr.readline()
            assert line, said
            said += line
        running.send_signal(signal.SIGINT)
        said += running.stderr.read()
    assert running.returncode == 0
    return said


def test_it_never_touches_memory_that_is_there(tmp_path: Path) -> None:
    claude = make_store(tmp_path / ".claude", {"agent-memory/mine/MEMORY.md": OVER_LIMIT})
    before = tree(claude)
    said = run_sample(tmp_path).splitlines()
    assert tree(claude) == before
    assert said[0].endswith("your own memory is not touched (Ctrl-C stops)")
    assert said[1] == (
        "compacted MEMORY.md from 227 lines (the agent saw 200) to 158; "
        "the rest is in 2 topic files, and no line is lost"
    )
    assert said[1] in " ".join(README.read_text().split())
    store = said[2].partition("memoryd show ")[2]
    assert len((Path(store) / "MEMORY.md").read_text().splitlines()) == 158
    assert len(said) == 3
    kept = {path.split("/")[0] for path in tree(tmp_path)}
    assert kept == {".claude", "cache"}  # no history, index or lock beside those of the sample


def test_it_can_be_run_again_at_once(tmp_path: Path) -> None:
    assert run_sample(tmp_path) == run_sample(tmp_path)


def test_on_a_terminal_a_compaction_is_told_in_one_sentence() -> None:
    make_store(Path(os.environ["HOME"], ".claude/agent-memory/reviewer"), {"MEMORY.md": OVER_LIMIT})
    terminal = Terminal(
        "run", cwd=Path(os.environ["HOME"]), columns=80, MEMORYD_SETTLE="0.1", MEMORYD_ENFORCE="compact"
    )
    terminal.read_until("compacted")
    terminal.read_until("memoryd undo 1")
    terminal.process.send_signal(signal.SIGTERM)
    said = re.sub(r"\x1b\[[0-9;]*m", "", terminal.finish().out)
    (line,) = [line for line in said.splitlines() if " compacted " in line]
    assert "reviewer: MEMORY.md had 241 lines, 37 entries unseen; now " in line
    assert ", the newest in view; " in line
