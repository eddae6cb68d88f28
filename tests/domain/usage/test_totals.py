from pathlib import Path

from support import store_of

from memoryd.domain.usage.totals import FileUsage, StoreUsage


def test_a_store_has_the_uses_of_its_files(tmp_path: Path) -> None:
    files = (
        FileUsage("MEMORY.md", loads=3, writes=1, tokens=300),
        FileUsage("a.md", reads=2, writes=4),
    )
    usage = StoreUsage(store_of(tmp_path), files, (), older=0, tokens_now=100, days=2, sessions=3)
    assert (usage.loads, usage.reads, usage.writes, usage.tokens) == (3, 2, 5, 300)
