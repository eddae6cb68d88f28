"""`check` says the same with the verdicts of earlier runs as without them."""

import os
import subprocess
import tempfile
from contextlib import ExitStack
from datetime import date
from functools import cache
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from services.edits_around import FACT, Move, moves, remove, write
from support import needs_git, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.stores.discovery import Places, discover_repository
from memoryd.adapters.stores.kept_files import KeptFiles
from memoryd.domain.checks.selection import Choice
from memoryd.reporters import REPORTERS
from memoryd.rules import ALL_RULES
from memoryd.services.checks.check import ROSTER
from memoryd.services.checks.examine import Examination
from memoryd.services.checks.judge import Terms

pytestmark = [needs_git, pytest.mark.usefixtures("_usual_umask")]

NOTHING = Choice("", "/")
DAYS = (date(2026, 1, 31), date(2026, 2, 1))
COMMANDS = (
    NOTHING,
    Choice("--", "/", select=("S", "L")),
    Choice("--", "/", select=("P", "P002", "D", "F010")),
)
NAMING = (
    "- Run `src/main.py` and read `docs/guide.md`\n",
    "- [main](../../../src/main.py), [guide](../../../docs/guide.md#steps)\n",
    "- [gone](gone.md), [build](build.md)\n",
    "- Read .claude/agent-memory/reviewer/build.md first.\n" * 2,
    "<!-- memoryd: ignore P002, D001, P005 -->\n",
)
REVIEWER = ".claude/agent-memory/reviewer"
WHO = ("-c", "user.name=a", "-c", "user.email=a@example.com")
DATED = {"GIT_AUTHOR_DATE": "2026-01-01T12:00:00Z", "GIT_COMMITTER_DATE": "2026-01-01T12:00:00Z"}


def commit(root: Path) -> None:
    git(root, "add", "-A")
    git(root, "commit", "-q", "--allow-empty", "-m", "change")


def git(root: Path, *command: str) -> None:
    subprocess.run(["git", "-C", root, *WHO, *command], check=True, env=os.environ | DATED)


def rename(old: str, new: str) -> Move:
    def move(root: Path) -> None:
        if (root / old).exists():
            (root / new).parent.mkdir(parents=True, exist_ok=True)
            (root / old).rename(root / new)

    return move


def record(path: str, text: str) -> Move:
    """The history gets to know a content of a file."""

    def move(root: Path) -> None:
        with History(root.parent / "history.db", "command") as history:
            history.observe(str(root / REVIEWER), [(f"{root}/{path}", text.encode())])

    return move


def told(root: Path, kept: KeptFiles | None, command: Choice = NOTHING) -> str:
    """Everything that `check` prints of the stores of a repository, its warnings included."""
    found = discover_repository(Places(root.parent / "home", root.parent / "home/.claude"), root)
    database = root.parent / "history.db"
    with ExitStack() as stack:

        @cache
        def history() -> History | None:
            return stack.enter_context(History(database, "command")) if database.exists() else None

        recorded = (str(database), f"{database}-wal", f"{database}.spool")
        terms = Terms(
            ALL_RULES, NOTHING, command, history=history, kept=kept, reports=True, recorded=recorded
        )
        examination = Examination(found, terms)
        printed = REPORTERS["json"].render(examination.report(), str(root))
    return f"{printed}{examination.troubles}"


def _steps() -> st.SearchStrategy[Move]:
    note = st.sampled_from((f"{REVIEWER}/build.md", f"{REVIEWER}/gone.md", "src/main.py", "docs/guide.md"))
    return st.one_of(
        moves(),
        moves(),
        st.builds(write, st.just(f"{REVIEWER}/MEMORY.md"), st.lists(st.sampled_from(NAMING)).map("".join)),
        st.just(commit),
        st.builds(rename, note, note | st.just("lib/new.py")),
        st.builds(record, note, st.sampled_from(("b\n", "# Guide\n\n## Steps\n"))),
    )


@pytest.mark.usefixtures("_at_once")
@given(
    st.lists(
        st.tuples(
            st.lists(_steps(), max_size=3),
            st.sampled_from(DAYS),
            st.sampled_from((NOTHING, NOTHING, *COMMANDS)),
        ),
        min_size=1,
        max_size=5,
    )
)
@settings(max_examples=6, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_any_changes_are_told_as_without_verdicts(steps: list[tuple[list[Move], date, Choice]]) -> None:
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        root = Path(name, "project")
        index = {f".claude/agent-memory/{agent}/MEMORY.md": "# Memory\n" for agent in ("reviewer", "tester")}
        write_tree(root, index | {"src/main.py": "", "docs/guide.md": "# Guide\n"})
        git(root, "init", "-q")
        kept = KeptFiles(Path(name, "cache"))
        for step, day, command in steps:
            for move in step:
                move(root)
            for module in ("checks.ground", "git"):
                patch.setattr(f"memoryd.services.{module}.today", lambda day=day: day)
            wanted = told(root, None, command)
            assert told(root, kept, command) == wanted, "new verdicts"
            assert told(root, kept, command) == wanted, "known verdicts"


def deleted(path: str) -> Move:
    """A file is committed, and then deleted in another commit."""

    def move(root: Path) -> None:
        write(path, "some text\n")(root)
        commit(root)
        remove(path)(root)
        commit(root)

    return move


def both(first: Move, then: Move) -> Move:
    def move(root: Path) -> None:
        first(root)
        then(root)

    return move


@pytest.mark.usefixtures("_at_once")
@pytest.mark.parametrize(
    ("index", "first", "then"),
    [
        ("Run `a/b.py`.\n", both(deleted("a/b.py"), write("a/b.py", "x")), remove("a/b.py")),
        ("Run `a/b.py`.\n", commit, deleted("a/b.py")),
        (
            "- [c](../../../a/c.md)\n",
            both(deleted("a/c.md"), rename("a/d.md", "a/e.md")),
            both(write("a/c.md", "y\n"), both(commit, both(rename("a/c.md", "a/f.md"), commit))),
        ),
        ("- [gone](gone.md), [build](build.md)\n", commit, record(f"{REVIEWER}/gone.md", "b\n")),
        (f"{FACT}\n", commit, write("CLAUDE.md", f"{FACT}\n")),
        (f"- {FACT}\n", commit, write(f"{REVIEWER}/../tester/MEMORY.md", f"- {FACT}\n")),
        ("- Frozen (valid until 2026-01-31)\n", commit, write(".memoryd.toml", 'ignore = ["P001"]\n')),
    ],
)
def test_a_change_around_a_store_is_seen(tmp_path: Path, index: str, first: Move, then: Move) -> None:
    root = write_tree(tmp_path / "project", {f"{REVIEWER}/MEMORY.md": index, f"{REVIEWER}/build.md": "b\n"})
    git(root, "init", "-q")
    first(root)
    (tmp_path / "cache").mkdir(mode=0o700)
    kept = KeptFiles(tmp_path / "cache")
    before = told(root, kept)
    assert told(root, kept) == before
    then(root)
    assert told(root, kept) == told(root, None) != before


@pytest.mark.usefixtures("_at_once")
def test_nothing_is_read_where_nothing_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_tree(tmp_path / "project", {f"{REVIEWER}/MEMORY.md": f"{NAMING[0]}{NAMING[2]}"})
    git(root, "init", "-q")
    deleted("src/main.py")(root)
    record(f"{REVIEWER}/gone.md", "b\n")(root)
    (tmp_path / "cache").mkdir(mode=0o700)
    kept = KeptFiles(tmp_path / "cache")
    wanted = told(root, kept)
    monkeypatch.setattr("memoryd.adapters.stores.contents.load", _never)
    monkeypatch.setattr("memoryd.services.checks.check.check_together", _never)
    assert told(root, kept) == wanted


def test_each_rule_on_all_stores_together_is_known_as_one() -> None:
    for rule in ALL_RULES:
        assert bool(rule.load().check_roster) == rule.code.startswith(ROSTER)


def _never(*_: object) -> object:
    raise AssertionError
