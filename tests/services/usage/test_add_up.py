import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from support import store_of, write_tree

from memoryd.domain.usage.totals import FileUsage, UseCount
from memoryd.services.usage.add_up import add_up

TODAY = date(2026, 6, 1)


def aged(path: Path, days: int) -> None:
    then = datetime(2026, 6, 1, tzinfo=UTC) - timedelta(days=days)
    os.utime(path, (then.timestamp(), then.timestamp()))


def test_uses_are_added_up_by_store_and_file(tmp_path: Path) -> None:
    root = write_tree(
        tmp_path / "s",
        {"MEMORY.md": "- [a](a.md)\n", "read.md": "", "once.md": "", "never.md": "", "new.md": ""},
    )
    for name, days in (("read.md", 100), ("once.md", 100), ("never.md", 90), ("new.md", 89)):
        aged(root / name, days)
    counts = [
        UseCount(f"{root}/MEMORY.md", "s", "reviewer", "2026-05-31", loads=2, tokens=20),
        UseCount(f"{root}/MEMORY.md", "t", "reviewer", "2026-06-01", loads=1, tokens=11),
        UseCount(f"{root}/read.md", "s", "reviewer", "2026-05-31", reads=2, failed=1),
        UseCount(f"{root}/read.md", "s", "", "2026-05-30", reads=1),
        UseCount(f"{root}/once.md", "r", "", "2026-03-03", reads=1),
        UseCount(f"{root}/deleted.md", "s", "", "2026-05-30", writes=1),
        UseCount(f"{root}/long-gone.md", "r", "", "2026-01-30", writes=1),
        UseCount("/elsewhere/a.md", "s", "", "2026-05-30", reads=1),
    ]
    (usage,) = add_up((store_of(root),), counts, TODAY)
    assert usage.files == (
        FileUsage("MEMORY.md", loads=3, tokens=31),
        FileUsage("deleted.md", writes=1),
        FileUsage("never.md"),
        FileUsage("new.md"),
        FileUsage("once.md", last_read="2026-03-03"),
        FileUsage("read.md", reads=3, failed=1, last_read="2026-05-31", readers=("", "reviewer")),
    )
    assert usage.unread == ("never.md", "once.md")
    assert (usage.days, usage.sessions, usage.tokens_now) == (3, 2, 4)


def test_a_store_that_is_gone_is_empty(tmp_path: Path) -> None:
    (usage,) = add_up((store_of(tmp_path / "gone"),), (), TODAY)
    assert (usage.files, usage.unread, usage.tokens_now) == ((), (), 0)
