from domain.compaction.compacting import (
    compacted,
    index_text,
    snapshot,
)


def test_repeated_entries_go_only_where_they_say_the_same() -> None:
    text = "# T\n\n## A\n" + "- enabled\n- enabled\n" + "\n## B\n- enabled\n" + "- fact\n" * 1 + "- x\n" * 180
    after = compacted(snapshot({"MEMORY.md": text}))
    assert index_text(after).count("- enabled\n") == 2
    assert index_text(after).count("- x\n") == 1
