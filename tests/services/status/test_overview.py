"""`status` says the same with the verdicts of earlier runs as without them."""

import subprocess
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from services.edits_around import LINES, Move, moves, write
from support import needs_git, write_tree

from memoryd.adapters.stores.discovery import Places, discover_repository
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.cli.output.stores import row
from memoryd.domain.checks.diagnostic import Severity
from memoryd.domain.checks.selection import Choice
from memoryd.rules import ALL_RULES
from memoryd.services.status.overview import overview

pytestmark = [needs_git, pytest.mark.usefixtures("_usual_umask")]

DAYS = (date(2026, 1, 31), date(2026, 2, 1))
USERS = (Choice("", "/"), Choice("", "/", ignore=("L001",)), Choice("", "/", levels={"F010": Severity.ERROR}))


def told(root: Path, kept: KeptFiles | None, user: Choice) -> list[object]:
    """Everything that `status` prints of the stores of a repository."""
    found = discover_repository(Places(root.parent / "home", root.parent / "home/.claude"), root)
    seen = overview(found, ALL_RULES, user=user, kept=kept)
    return [
        seen.definitions,
        *((row(view), view.report, view.summary.unread, view.agents, view.changed) for view in seen.views),
    ]


@pytest.mark.usefixtures("_at_once")
@given(
    st.lists(
        st.tuples(st.lists(moves(), max_size=3), st.sampled_from(DAYS), st.sampled_from(USERS)),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=8, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_any_changes_are_told_as_without_verdicts(steps: list[tuple[list[Move], date, Choice]]) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        root = Path(name, "project")
        index = {f".claude/agent-memory/{agent}/MEMORY.md": "# Memory\n" for agent in ("reviewer", "tester")}
        write_tree(root, index)
        subprocess.run(["git", "init", "-q", root], check=True)
        kept = KeptFiles(Path(name, "cache"))
        for moves, day, user in steps:
            for move in moves:
                move(root)
            patch.setattr("memoryd.services.checks.ground.today", lambda day=day: day)
            wanted = told(root, None, user)
            assert told(root, kept, user) == wanted, "new verdicts"
            assert told(root, kept, user) == wanted, "known verdicts"


REVIEWER = ".claude/agent-memory/reviewer"


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize(
    ("index", "move"),
    [
        ("- [code](../../../src/main.py)\n", write("src/main.py", "")),
        ("- [a](../../../docs/guide.md#steps)\n", write("docs/guide.md", "# Guide\n\n## Steps\n")),
        ("- [code](../../../src/main.py)\n", lambda root: (root / ".gitignore").write_text("src/\n")),
        ("a\n", write("CLAUDE.md", f"Read {REVIEWER}/build.md first.\n")),
        ("- [gone](gone.md)\n", write(".memoryd.toml", 'ignore = ["L001"]\n')),
        ("- [gone](gone.md)\n", write(f"{REVIEWER}/.memoryd.toml", 'ignore = ["L001"]\n')),
        ("- [build](build.md)\n", write(f"{REVIEWER}/build.md", "[gone](gone.md)\n")),
        ("- [build](build.md)\n", write(".claude/settings.json", '{"autoMemoryEnabled": false}\n')),
    ],
)
def test_a_change_around_a_store_is_seen(tmp_path: Path, index: str, move: Move) -> None:
    root = tmp_path / "project"
    write_tree(
        root,
        {
            f"{REVIEWER}/MEMORY.md": index,
            f"{REVIEWER}/build.md": "b\n",
            "docs/x": "",
            "src/x": "",
            ".gitignore": "x\n",
        },
    )
    subprocess.run(["git", "init", "-q", root], check=True)
    (tmp_path / "cache").mkdir(mode=0o700)
    kept = KeptFiles(tmp_path / "cache")
    before = told(root, kept, USERS[0])
    assert told(root, kept, USERS[0]) == before
    move(root)
    assert told(root, kept, USERS[0]) == told(root, None, USERS[0]) != before


@pytest.mark.usefixtures("_at_once")
def test_memory_expires_on_its_day(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_tree(tmp_path / "project", {f"{REVIEWER}/MEMORY.md": LINES[1]})
    (tmp_path / "cache").mkdir(mode=0o700)
    kept, said = KeptFiles(tmp_path / "cache"), []
    for day in DAYS:
        monkeypatch.setattr("memoryd.services.checks.ground.today", lambda day=day: day)
        said.append(told(root, kept, USERS[0]))
        assert told(root, kept, USERS[0]) == told(root, None, USERS[0]) == said[-1]
    assert said[0] != said[1]
