from pathlib import Path

import pytest
from services.usage.records import record
from support import write_tree

from memoryd.adapters.usage.counts import UseCounts
from memoryd.domain.stores.store import agent_store
from memoryd.domain.usage.tokens import estimated_tokens
from memoryd.services.usage import count_uses as module
from memoryd.services.usage.count_uses import by_root, count_uses, place_of, tokens_now


@pytest.fixture
def root(tmp_path: Path) -> Path:
    files = {"MEMORY.md": "- [a](a.md)\n", "a.md": "alpha\n"}
    return write_tree(tmp_path / "p/.claude/agent-memory/reviewer", files)


def reads(counts: UseCounts) -> dict[str, int]:
    return {each.path: each.reads for each in counts.counts() if each.reads}


def test_records_are_counted_once_and_counted_on(counts: UseCounts, tmp_path: Path) -> None:
    topic = Path("/p/.claude/agent-memory/reviewer/a.md")
    path = record(tmp_path / "projects/-p/s.jsonl", ("Read", topic), ("Read", Path("/p/main.py")))
    for _ in range(2):
        assert count_uses(counts, tmp_path / "projects", ())
        assert reads(counts) == {str(topic): 1}
    record(path, ("Read", topic), ("Edit", topic), day="2026-03-02")
    whole = path.read_bytes()
    path.write_bytes(whole[:-20])  # the client is writing
    assert count_uses(counts, tmp_path / "projects", ())
    assert reads(counts) == {str(topic): 1}
    path.write_bytes(whole)
    assert count_uses(counts, tmp_path / "projects", ())
    assert [(each.day, each.reads, each.writes) for each in counts.counts()] == [
        ("2026-03-01", 1, 0),
        ("2026-03-02", 1, 1),
    ]
    path.unlink()
    assert count_uses(counts, tmp_path / "projects", ())
    assert len(counts.counts()) == 2


def test_a_record_that_became_shorter_is_not_counted_again(counts: UseCounts, tmp_path: Path) -> None:
    topic = Path("/p/.claude/agent-memory/reviewer/a.md")
    path = record(tmp_path / "projects/-p/s.jsonl", ("Read", topic), ("Read", topic))
    assert count_uses(counts, tmp_path / "projects", ())
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert count_uses(counts, tmp_path / "projects", ())
    assert reads(counts) == {str(topic): 2}


def test_a_subagent_loads_the_index_file_of_its_store(counts: UseCounts, tmp_path: Path, root: Path) -> None:
    store, other = agent_store(str(root), user=False), agent_store(str(root.with_name("other")), user=False)
    path = tmp_path / "projects/-p/s/subagents/agent-1.jsonl"
    record(path, ("Read", root / "a.md"), agent="reviewer", cwd=str(tmp_path / "p"))
    assert count_uses(counts, tmp_path / "projects", (store, other))
    (index, topic) = counts.counts()
    assert (index.path, index.loads, index.tokens) == (str(root / "MEMORY.md"), 1, 4)
    assert (topic.path, topic.reads, topic.agent, topic.session) == (str(root / "a.md"), 1, "reviewer", "s")
    assert tokens_now(store) == estimated_tokens((root / "MEMORY.md").read_text())
    assert tokens_now(other) is None


def test_work_is_done_in_portions(counts: UseCounts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_AT_ONCE", 100)
    topic = Path("/p/.claude/agent-memory/reviewer/a.md")
    for name in "abc":
        record(tmp_path / f"projects/-p/{name}.jsonl", *[("Read", topic)] * 3)
    portions = 1
    while not count_uses(counts, tmp_path / "projects", (), most=1):
        portions += 1
    assert portions > 3
    assert sum(each.reads for each in counts.counts()) == 9


def test_nothing_but_paths_and_numbers_is_kept(counts: UseCounts, tmp_path: Path) -> None:
    record(tmp_path / "projects/-p/s.jsonl", ("Write", Path("/p/.claude/agent-memory/reviewer/a.md")))
    assert count_uses(counts, tmp_path / "projects", ())
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("usage.db*"))
    assert b"agent-memory" in kept
    assert b"not kept" not in kept


def test_a_path_is_in_the_innermost_store_under_any_name(tmp_path: Path, root: Path) -> None:
    (tmp_path / "q").symlink_to("p")
    outer = agent_store(str(tmp_path / "q/.claude/agent-memory/reviewer"), user=False)
    inner = agent_store(f"{outer.root}/inner", user=False)
    roots = by_root((outer, inner))
    assert place_of(f"{root}/a.md", roots) == (outer, "a.md")
    assert place_of(f"{outer.root}/b/a.md", roots) == (outer, "b/a.md")
    assert place_of(f"{outer.root}/inner/a.md", roots) == (inner, "a.md")
    assert place_of("/a.md", roots) == (None, "")
