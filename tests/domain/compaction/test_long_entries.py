from domain.compaction.compacting import (
    broken_targets,
    compacted,
    index_text,
    snapshot,
)


def test_long_entries_leave_a_hook_and_go_to_the_topic_they_link() -> None:
    entry = "- [Deploy](deploy.md) — " + "how we ship and why it is done that way; " * 500
    other = "- " + "a very long note about queues without any topic file; " * 250
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n{other}\n", "deploy.md": "Ship it.\n"}))
    lines = index_text(after).split("\n")
    assert any(line.startswith("- [Deploy](deploy.md) — how we ship") and len(line) <= 150 for line in lines)
    assert after.documents["deploy.md"].text.startswith("Ship it.\n")
    assert entry.rstrip() in after.documents["deploy.md"].text


def test_the_text_of_an_entry_never_moves_to_where_its_links_would_break() -> None:
    entry = "- [Deploy](sub/deploy.md) — " + "long text here, " * 2000
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n", "sub/deploy.md": "Ship it.\n"}))
    assert after.documents["sub/deploy.md"].text == "Ship it.\n"
    assert broken_targets(after) == set()


def test_the_line_that_stays_has_the_text_of_the_link_that_it_keeps() -> None:
    entry = "- [Site](https://example.com) runs [Deploy two](deploy2.md) — " + "long text here, " * 2000
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n", "deploy2.md": "Ship it.\n"}))
    assert "- [Deploy two](deploy2.md)" in index_text(after)
