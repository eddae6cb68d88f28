"""Alarms in real stores: raised, closed, and not raised."""

import os
import shutil
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from support import needs_git, store_of, tree, undo, write_tree

from memoryd.adapters.history import History
from memoryd.adapters.history.schema import text_of
from memoryd.domain.history.lost_lines import Alarm, Sign
from memoryd.errors import MemorydError
from memoryd.services.edits import apply
from memoryd.services.history.losses import dismiss, examine, open_alarms
from memoryd.services.history.restore import plan_restore_lost
from memoryd.services.search.update_index import observe, observe_deleted

WORDS = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heron", "inlet", "jetty"]
ENTRIES = [f"- {WORDS[n % 10]} {WORDS[n // 10 % 10]}: rule {n} of the build" for n in range(230)]
TOPICS = {f"{word}.md": f"# {word}\n\nAll about {word} is here.\nIt has three lines.\n" for word in WORDS}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "agent-memory" / "reviewer", {"MEMORY.md": "\n".join(ENTRIES) + "\n"})


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    with History(tmp_path / "state" / "history.db") as history:
        yield history


def look(root: Path, history: History) -> tuple[Alarm, ...]:
    """Record a store, examine it, and return its alarms."""
    if root.exists():
        observe([store_of(root)], history)
        examine(history, [store_of(root)])
    else:
        observe_deleted([str(root)], history)
        examine(history, [])
    return open_alarms(history, str(root))


def rewrite(root: Path, *, lines: int = 200) -> None:
    """Write the index file as an agent does that was shown its first lines and learned something."""
    (root / "MEMORY.md").write_text("\n".join([*ENTRIES[:lines], "- learned today: ask Ann"]) + "\n")


def test_an_index_file_rewritten_from_what_was_loaded(root: Path, history: History) -> None:
    assert look(root, history) == ()
    rewrite(root)
    (alarm,) = look(root, history)
    assert (alarm.sign, alarm.lines, alarm.files) == (Sign.UNSEEN, 30, 0)
    assert alarm.losses[0].entries == tuple(ENTRIES[200:])
    before = tree(root)
    operation = apply(plan_restore_lost(history, str(root)).plan, history)
    lines = (root / "MEMORY.md").read_text().splitlines()
    assert lines == [*ENTRIES[:200], "- learned today: ask Ann", *ENTRIES[200:]]
    assert look(root, history) == ()
    undo(history, operation)
    assert tree(root) == before


def test_one_store_alone_is_examined_as_it_is_among_others(root: Path, history: History) -> None:
    other = write_tree(root.with_name("tester"), tree(root))
    stores = [store_of(root), store_of(other)]
    observe(stores, history)
    examine(history, stores)
    for each in (root, other):
        rewrite(each)
    observe(stores, history)
    examine(history, stores, str(root))
    assert [alarm.root for alarm in open_alarms(history)] == [str(root)]
    assert history.alarms.unexamined(0.0) == {str(other): 2}
    examine(history, stores)
    assert [alarm.lines for alarm in open_alarms(history)] == [30, 30]


def test_an_alarm_survives_a_restart_and_later_writes_until_it_is_dismissed(
    root: Path, history: History
) -> None:
    look(root, history)
    rewrite(root)
    look(root, history)
    with (root / "MEMORY.md").open("a") as file:
        file.write("- and another thing\n")
    with History(history.path) as other:
        (alarm,) = look(root, other)
        assert alarm.lines == 30
        dismiss(other, alarm.id)
    assert look(root, history) == ()
    assert plan_restore_lost(history, str(root)).plan.fixes == ()


def test_lines_that_the_agent_moves_to_a_topic_file_later_are_no_loss(root: Path, history: History) -> None:
    look(root, history)
    rewrite(root)
    assert len(look(root, history)) == 1
    (root / "rest.md").write_text("# Rest\n\n" + "\n".join(ENTRIES[200:]) + "\n")
    assert look(root, history) == ()


def test_a_deleted_store_comes_back_whole(root: Path, history: History) -> None:
    write_tree(root, {"MEMORY.md": "- [a](amber.md)\n", **TOPICS})
    look(root, history)
    before = tree(root)
    shutil.rmtree(root)
    (alarm,) = look(root, history)
    assert (alarm.sign, alarm.files, alarm.is_store_missing) == (Sign.MASS, 11, True)
    apply(plan_restore_lost(history, str(root)).plan, history)
    assert tree(root) == before
    assert look(root, history) == ()


def test_deleted_topics_come_back_beside_what_was_written_since(root: Path, history: History) -> None:
    write_tree(root, {"MEMORY.md": "- [a](amber.md)\n", **TOPICS})
    look(root, history)
    for name in TOPICS:
        (root / name).unlink()
    (alarm,) = look(root, history)
    assert alarm.files == 10
    write_tree(root, {"amber.md": "# Amber again\n"})
    look(root, history)
    apply(plan_restore_lost(history, str(root)).plan, history)
    assert (root / "birch.md").read_text() == TOPICS["birch.md"]
    amber = (root / "amber.md").read_text()
    assert "# Amber again" in amber
    assert "All about amber is here." in amber


def test_a_store_that_was_moved_is_no_loss(root: Path, history: History, tmp_path: Path) -> None:
    write_tree(root, TOPICS)
    look(root, history)
    new = tmp_path / "agent-memory" / "critic"
    root.rename(new)
    look(root, history)
    look(new, history)
    assert open_alarms(history) == ()


def test_a_missing_store_is_never_called_whole(root: Path, history: History) -> None:
    look(root, history)
    shutil.rmtree(root.parent)
    with pytest.raises(MemorydError, match="is missing"):
        plan_restore_lost(history, str(root))


@needs_git
def test_a_checkout_raises_no_alarm(root: Path, history: History, tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        identity = ["-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "init.defaultBranch=main"]
        subprocess.run(["git", *identity, *arguments], cwd=tmp_path, capture_output=True, check=True)

    git("init", "-q")
    git("commit", "-q", "--allow-empty", "-m", "empty")
    git("checkout", "-qb", "memory")
    write_tree(root, TOPICS)
    git("add", "agent-memory")
    git("commit", "-qm", "memory")
    look(root, history)
    git("checkout", "-q", "main")
    assert not root.exists()
    root.parent.mkdir(exist_ok=True)
    assert look(root, history) == ()
    assert {version.actor for version in history.record(str(root)) if version.digest is None} == {"git"}


def test_a_purged_version_closes_its_alarm(root: Path, history: History) -> None:
    look(root, history)
    rewrite(root)
    (alarm,) = look(root, history)
    history.alarms.record([(str(root), 99, [("mass_loss", 0.0, ())])])
    assert [each.id for each in open_alarms(history)] == [alarm.id]
    os.unlink(root / "MEMORY.md")
    assert Sign.UNSEEN in {each.sign for each in look(root, history)}


class CountingHistory(History):
    """A history that counts the contents that are read."""

    reads = 0

    def content(self, digest: str | None) -> bytes | None:
        self.reads += 1
        return super().content(digest)


def reads(tmp_path: Path, root: Path, count: int) -> tuple[int, int]:
    """Return how many contents the first examination of a history reads, and the second one."""
    lines = list(ENTRIES)
    with CountingHistory(tmp_path / f"state{count}" / "history.db") as history:
        for number in range(count):
            lines[number % len(lines)] = f"- {WORDS[number % 10]} has changed to {number}"
            content = "\n".join(lines).encode()
            history.observe(str(root), [(str(root / "MEMORY.md"), content)])
        (root / "MEMORY.md").write_bytes(content)
        examine(history, [store_of(root)])
        first, history.reads = history.reads, 0
        examine(history, [store_of(root)])
        return first, history.reads


def test_a_first_examination_reads_only_the_last_versions_each_once(root: Path, tmp_path: Path) -> None:
    first, second = reads(tmp_path, root, 100)
    assert 40 <= first <= 90
    assert second == 0
    assert reads(tmp_path, root, 400) == (first, 0)


def test_a_later_examination_reads_all_new_versions(root: Path, history: History) -> None:
    look(root, history)
    rewrite(root)
    observe([store_of(root)], history)
    for number in range(50):
        with (root / "MEMORY.md").open("a") as file:
            file.write(f"- and thing {number}\n")
        observe([store_of(root)], history)
    (alarm,) = look(root, history)
    assert alarm.lines == 30


def test_versions_of_last_month_raise_no_alarm(root: Path, history: History) -> None:
    observe([store_of(root)], history)
    rewrite(root)
    observe([store_of(root)], history)
    before = time.time() - 30 * 86400
    with closing(sqlite3.connect(history.path, isolation_level=None)) as database:
        database.execute("UPDATE versions SET time = ?", [text_of(before)])
    with (root / "MEMORY.md").open("a") as file:
        file.write("- and another thing\n")
    assert look(root, history) == ()


def test_every_new_version_of_a_busy_hour_is_examined(root: Path, history: History) -> None:
    mondays, cache, ann = (
        "- deploys run on Mondays",
        "- the cache key has the locale",
        "- ask Ann about billing",
    )
    tests, bob = "- tests need a real database", "- Bob owns every queue"
    for lines in ([mondays], [mondays, cache], [mondays, ann], [mondays, ann, tests], [mondays, ann, bob]):
        (root / "MEMORY.md").write_text("\n".join(lines) + "\n")
        observe([store_of(root)], history)
    found = [entry for alarm in look(root, history) for loss in alarm.losses for entry in loss.entries]
    assert found == [cache, tests]


def test_an_alarm_reads_each_later_version_once(
    root: Path, history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    look(root, history)
    rewrite(root)
    look(root, history)
    path = root / "MEMORY.md"
    text = path.read_text()
    path.write_text(f"{text}{ENTRIES[200]}\n")  # one line is back, and removed again
    look(root, history)
    for number in range(60):
        history.observe(str(root), [(str(path), f"{text}- {number}\n".encode())])
    (before,) = open_alarms(history)
    assert before.lines == 29
    read: list[str | None] = []
    content = History.content

    def counted(self: History, digest: str | None) -> bytes | None:
        read.append(digest)
        return content(self, digest)

    monkeypatch.setattr(History, "content", counted)
    (after,) = open_alarms(history)
    assert after == before
    assert len(read) < 30
    path.write_text("\n".join([*ENTRIES, "- learned today: ask Ann", "- 59"]))
    assert look(root, history) == ()
