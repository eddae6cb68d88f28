import pytest
from domain.compaction.compacting import (
    SECTIONED,
    compacted,
    index_text,
    snapshot,
)


def test_an_existing_topic_of_that_name_is_appended_to() -> None:
    old = "---\nname: part-0\n---\n# Part 0\nolder\n"
    after = compacted(snapshot({"MEMORY.md": SECTIONED, "Part-0.md": old}))
    text = after.documents["Part-0.md"].text
    assert text.startswith(old)
    assert "## Part 0\n- fact 0.0" in text
    assert "part-0.md" not in after.documents


def test_a_file_named_like_the_index_file_is_never_made() -> None:
    text = "# T\n\n## Memory\n" + "".join(f"- fact {number}\n" for number in range(230))
    assert "memory.md" not in compacted(snapshot({"MEMORY.md": text})).documents


def test_new_files_and_lines_follow_the_style_of_the_store() -> None:
    flat = "---\nname: a_b\ndescription: d\ntype: project\n---\nText.\n"
    text = SECTIONED.replace("# Notes\n", "# Notes\n\n* [A B](a_b.md) -- what it is\n").replace("\n", "\r\n")
    after = compacted(snapshot({"MEMORY.md": text, "a_b.md": flat.replace("\n", "\r\n")}))
    topic = after.documents["earlier_notes.md"]
    assert b"\n" not in topic.raw.replace(b"\r\n", b"")
    assert topic.front_matter is not None
    assert topic.front_matter.problem is None
    assert topic.front_matter.fields.keys() == {"name", "description", "type"}
    assert topic.front_matter.fields["description"].startswith("Part 0, Part 1")
    assert "\r\n* [Earlier notes](earlier_notes.md) -- Part 0, Part 1" in index_text(after)


def test_a_store_without_front_matter_gets_none() -> None:
    after = compacted(snapshot({"MEMORY.md": SECTIONED, "old.md": "# Old\n", "older.md": "# Older\n"}))
    assert after.documents["earlier-notes.md"].text.startswith("# Earlier notes\n")


@pytest.mark.parametrize("label", ["g", "Foo  Bar"])
def test_reference_definitions_follow_the_links_that_use_them(label: str) -> None:
    text = (
        SECTIONED.replace("- fact 0.3", f"- before anything else is done, see [the guide][{label}] 0.3")
        + f"\n[{label.casefold()}]: guide.md\n"
    )
    after = compacted(
        snapshot({"MEMORY.md": text.replace("[foo  bar]:", "[foo bar]:"), "guide.md": "# Guide\n"})
    )
    links = after.documents["earlier-notes.md"].links
    assert [link.destination for link in links if link.text == "the guide"] == ["guide.md"]


def test_blocks_that_move_together_stay_blocks_of_their_own() -> None:
    parts = [
        f"Paragraph {at}.\n\n| a | b |\n|---|---|\n| {at} | x |\n\nAfter {at}.\n\n- item {at}\n"
        for at in range(40)
    ]
    after = compacted(snapshot({"MEMORY.md": "# T\n\nIntro.\n\n" + "\n".join(parts)}))
    (topic,) = (document for path, document in after.documents.items() if path != "MEMORY.md")
    kinds = [entry.kind.value for entry in topic.entries]
    assert kinds[:4] == ["paragraph", "table", "paragraph", "list"]


def test_the_pointer_to_a_topic_says_what_the_topic_says_of_itself() -> None:
    old = "---\nname: part-0\ndescription: How the harbor crane is greased\n---\n# Part 0\nolder\n"
    index = index_text(compacted(snapshot({"MEMORY.md": SECTIONED, "part-0.md": old})))
    (pointer,) = [line for line in index.split("\n") if "](part-0.md)" in line]
    assert "— How the harbor crane is greased" in pointer
