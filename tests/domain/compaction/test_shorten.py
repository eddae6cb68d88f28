from dataclasses import replace

import pytest
from domain.compaction.compacting import (
    LINK_INDEX,
    LINKS,
    SECTIONED,
    applied,
    broken_targets,
    compact,
    compacted,
    index_text,
    snapshot,
)

from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.past import Past
from memoryd.domain.compaction.proof import prove
from memoryd.domain.edits.plan import FileChange
from memoryd.domain.limits.budget import band, budget_of
from memoryd.domain.links.names import reachable
from memoryd.domain.stores.profiles import CLAUDE_AGENT

LEAST, MOST = band(CLAUDE_AGENT)


def test_an_index_within_limits_is_left_alone() -> None:
    assert compact(snapshot({"MEMORY.md": "- a fact\n" * 159})) is None
    assert compact(snapshot({"topic.md": "no index at all\n"})) is None


def test_an_index_that_is_not_utf8_is_left_alone_and_the_reason_told() -> None:
    with pytest.raises(CannotCompactError, match="byte 5 of its index file is not UTF-8"):
        compact(snapshot({"MEMORY.md": b"- caf\xe9\n" * 300}))


@pytest.mark.parametrize(
    "place", ["## Part 0\n<!-- memoryd: pin -->\n", "## Part 0 <!-- memoryd: pin why -->\n"]
)
def test_a_pinned_section_stays(place: str) -> None:
    text = SECTIONED.replace("## Part 0\n", place)
    after = compacted(snapshot({"MEMORY.md": text}))
    assert place + "- fact 0.0 is worth knowing\n" in index_text(after)
    assert "- fact 0.13 is worth knowing\n" in index_text(after)
    assert "part-0.md" not in after.documents


def test_a_pinned_entry_stays_while_others_move() -> None:
    lines = [f"- fact {number}" for number in range(230)]
    lines[3] += " <!-- memoryd: pin -->"
    after = compacted(snapshot({"MEMORY.md": "\n".join(lines) + "\n"}))
    assert lines[3] in index_text(after).split("\n")
    assert lines[2] not in index_text(after).split("\n")
    assert lines[229] in index_text(after).split("\n"), "the newest stay"


def test_whole_sections_leave_one_pointer_below_the_title() -> None:
    before = snapshot({"MEMORY.md": SECTIONED})
    after = compacted(before)
    index, topic = index_text(after), after.documents["earlier-notes.md"].text
    assert index.startswith("# Notes\n- [Earlier notes](earlier-notes.md) — Part 0, Part 1,")
    assert index.endswith(SECTIONED[SECTIONED.index("## Part 14") :]), "of equal sections the newest stay"
    assert "\n## Part 0\n- fact 0.0 is worth knowing\n" in topic
    assert "## Part 0\n" not in index
    budget = budget_of(after)
    assert budget is not None
    assert LEAST <= budget.used <= MOST


def test_a_section_that_leaves_in_part_keeps_its_heading_in_both_files() -> None:
    text = "# T\n\n## Log of everything\n" + "".join(f"- fact {number}\n" for number in range(230))
    after = compacted(snapshot({"MEMORY.md": text}))
    topic = after.documents["log-of-everything.md"].text
    assert topic.startswith("---\n")
    assert "# Log of everything\n\n- fact 0\n" in topic
    assert "## Log of everything\n\n" in index_text(after).replace("everything\n-", "everything\n\n-")
    assert index_text(after).rstrip().split("\n")[-2] == "- fact 229"
    assert (
        index_text(after).rstrip().split("\n")[-1].startswith("- [Log of everything](log-of-everything.md)")
    )


def test_an_existing_topic_of_that_name_is_appended_to() -> None:
    old = "---\nname: part-0\n---\n# Part 0\nolder\n"
    after = compacted(snapshot({"MEMORY.md": SECTIONED, "Part-0.md": old}))
    text = after.documents["Part-0.md"].text
    assert text.startswith(old)
    assert "## Part 0\n- fact 0.0" in text
    assert "part-0.md" not in after.documents


def test_a_topic_that_the_section_links_takes_its_entries() -> None:
    old = "# Everything about deploying\n"
    text = SECTIONED.replace("## Part 0\n", "## Part 0\n- details: [deploy](ship.md)\n")
    after = compacted(snapshot({"MEMORY.md": text, "ship.md": old}))
    assert after.documents["ship.md"].text.startswith(old + "\n## Part 0\n")


def test_a_file_named_like_the_index_file_is_never_made() -> None:
    text = "# T\n\n## Memory\n" + "".join(f"- fact {number}\n" for number in range(230))
    assert "memory.md" not in compacted(snapshot({"MEMORY.md": text})).documents


@pytest.mark.parametrize("name", ["CON", "Aux", "nul", "Com1", "LPT9", "prn"])
def test_no_file_has_a_name_that_windows_reserves(name: str) -> None:
    text = f"# T\n\n## {name}\n" + "".join(f"- fact {number}\n" for number in range(230))
    (path,) = compacted(snapshot({"MEMORY.md": text})).documents.keys() - {"MEMORY.md"}
    assert path.casefold() != f"{name.casefold()}.md"


def test_an_index_of_links_becomes_a_short_index_with_groups() -> None:
    after = compacted(snapshot({"MEMORY.md": LINK_INDEX, **LINKS}))
    budget = budget_of(after)
    assert budget is not None
    assert LEAST <= budget.used <= MOST
    groups = [path for path in after.documents if path not in LINKS and path != "MEMORY.md"]
    assert groups == ["feedback_notes.md"], "by type, in the store's spelling"
    assert reachable(after).keys() >= LINKS.keys()
    assert index_text(after).split("\n")[-2] == LINK_INDEX.split("\n")[-2], "the newest entry stays"


def test_compacting_a_grouped_index_again_appends_to_its_groups() -> None:
    grouped = compacted(snapshot({"MEMORY.md": LINK_INDEX, **LINKS}))
    more = {f"project_x{number:03}.md": f"---\ntype: project\n---\nText {number}.\n" for number in range(80)}
    text = index_text(grouped) + "".join(f"- [{path[:-3]}]({path}) — hook\n" for path in more)
    again = compacted(
        snapshot({**{p: d.raw for p, d in grouped.documents.items()}, **more, "MEMORY.md": text})
    )
    assert index_text(again).count("(feedback_notes.md)") == 1
    path = "feedback_notes.md"
    assert again.documents[path].raw.startswith(grouped.documents[path].raw)


def test_a_block_that_its_topic_has_already_is_not_appended_again() -> None:
    first = compacted(snapshot({"MEMORY.md": SECTIONED}))
    files = {path: document.raw for path, document in first.documents.items()}
    again = compacted(snapshot({**files, "MEMORY.md": SECTIONED}))
    assert {path: document.raw for path, document in again.documents.items()} == files


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


def test_known_ages_decide_which_of_equal_sections_leave() -> None:
    lines = [line.strip() for line in SECTIONED.encode().split(b"\n")]
    born = {line: 1.0 if b" 14" in line else 100.0 for line in lines}
    fix = compact(snapshot({"MEMORY.md": SECTIONED}), Past(born))
    assert fix is not None
    after = applied(snapshot({"MEMORY.md": SECTIONED}), fix)
    assert "## Part 14" not in index_text(after), "the last section is the oldest here"


def test_what_says_that_it_is_over_leaves_before_what_says_that_it_is_current() -> None:
    text = SECTIONED.replace("## Part 0", "## ★ Active work, START HERE")
    text = text.replace("## Part 9", "## Completed, do not re-open")
    after = index_text(compacted(snapshot({"MEMORY.md": text})))
    assert "## ★ Active work, START HERE\n" in after
    assert "Completed, do not re-open\n" not in after


def test_a_link_that_would_change_its_target_stops_the_compaction() -> None:
    text = (
        SECTIONED.replace("- fact 0.3", "- before anything else is done, see [the guide][1] 0.3")
        + "\n[1]: new.md\n"
    )
    files = {"part-0.md": "[older][1]\n\n[1]: old.md\n", "old.md": "o\n", "new.md": "n\n"}
    with pytest.raises(CannotCompactError, match="astray"):
        compact(snapshot({"MEMORY.md": text, **files}))


def test_proof_refuses_what_loses_a_line_a_topic_or_a_file() -> None:
    before = snapshot({"MEMORY.md": SECTIONED + "\n- [A](a.md)\n", "a.md": "alpha\n"})
    fix = compact(before)
    assert fix is not None
    (index,) = [change for change in fix.changes if change.path.endswith("MEMORY.md")]
    rest = tuple(change for change in fix.changes if change is not index)
    with pytest.raises(CannotCompactError, match=r"lose \d+ lines"):
        prove(before, (index, *rest[1:]), Past())
    unlinked = (index.after or b"").replace(b"- [A](a.md)\n", b"")
    hidden = FileChange(index.root, "/s/reviewer/note.md", None, b"- [A](a.md)\n")
    with pytest.raises(CannotCompactError, match="does not lead to"):
        prove(before, (replace(index, after=unlinked), *rest, hidden), Past())
    with pytest.raises(CannotCompactError, match="deletes a file"):
        prove(before, (*fix.changes, FileChange(index.root, "/s/reviewer/a.md", b"alpha\n", None)), Past())
    with pytest.raises(CannotCompactError, match="over the limit"):
        prove(before, (), Past())


def test_proof_refuses_what_hides_the_newest_or_unloads_too_much() -> None:
    lines = [f"- fact {number}" for number in range(230)]
    before = snapshot({"MEMORY.md": "\n".join(lines) + "\n"})
    fix = compact(before)
    assert fix is not None

    def moved(gone: range) -> tuple[FileChange, ...]:
        pointer = "- [Earlier notes](earlier-notes.md)"
        kept = [line for number, line in enumerate(lines) if number not in gone]
        topic = "\n".join(lines[number] for number in gone)
        index = replace(fix.changes[0], after="\n".join([pointer, *kept, ""]).encode())
        return index, FileChange(index.root, "/s/reviewer/earlier-notes.md", None, f"{topic}\n".encode())

    assert prove(before, moved(range(73)), Past()).lines == 230
    for gone, reason in (
        (range(74, 147), "newer than"),
        (range(156, 229), "newest"),
        (range(100), "more than"),
    ):
        with pytest.raises(CannotCompactError, match=reason):
            prove(before, moved(gone), Past())


def test_what_is_pinned_altogether_is_not_compacted_but_explained() -> None:
    with pytest.raises(CannotCompactError, match="pinned"):
        compact(snapshot({"MEMORY.md": "# T\n<!-- memoryd: pin -->\n" + "- fact\n" * 250}))


def test_long_entries_leave_a_hook_and_go_to_the_topic_they_link() -> None:
    entry = "- [Deploy](deploy.md) — " + "how we ship and why it is done that way; " * 500
    other = "- " + "a very long note about queues without any topic file; " * 250
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n{other}\n", "deploy.md": "Ship it.\n"}))
    lines = index_text(after).split("\n")
    assert any(line.startswith("- [Deploy](deploy.md) — how we ship") and len(line) <= 150 for line in lines)
    assert after.documents["deploy.md"].text.startswith("Ship it.\n")
    assert entry.rstrip() in after.documents["deploy.md"].text


def test_repeated_entries_go_only_where_they_say_the_same() -> None:
    text = "# T\n\n## A\n" + "- enabled\n- enabled\n" + "\n## B\n- enabled\n" + "- fact\n" * 1 + "- x\n" * 180
    after = compacted(snapshot({"MEMORY.md": text}))
    assert index_text(after).count("- enabled\n") == 2
    assert index_text(after).count("- x\n") == 1


def test_a_giant_section_is_taken_apart_rather_than_moved_whole() -> None:
    parts = "".join(
        f"\n### Step {step}\n" + "".join(f"- fact {step}.{fact}\n" for fact in range(20))
        for step in range(11)
    )
    after = compacted(snapshot({"MEMORY.md": "# T\n\n## Everything\n" + parts}))
    budget = budget_of(after)
    assert budget is not None
    assert budget.used > 0.4
    assert "## Everything\n" in index_text(after)


def test_blocks_that_move_together_stay_blocks_of_their_own() -> None:
    parts = [
        f"Paragraph {at}.\n\n| a | b |\n|---|---|\n| {at} | x |\n\nAfter {at}.\n\n- item {at}\n"
        for at in range(40)
    ]
    after = compacted(snapshot({"MEMORY.md": "# T\n\nIntro.\n\n" + "\n".join(parts)}))
    (topic,) = (document for path, document in after.documents.items() if path != "MEMORY.md")
    kinds = [entry.kind.value for entry in topic.entries]
    assert kinds[:4] == ["paragraph", "table", "paragraph", "list"]


def test_the_text_of_an_entry_never_moves_to_where_its_links_would_break() -> None:
    entry = "- [Deploy](sub/deploy.md) — " + "long text here, " * 2000
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n", "sub/deploy.md": "Ship it.\n"}))
    assert after.documents["sub/deploy.md"].text == "Ship it.\n"
    assert broken_targets(after) == set()


def test_the_line_that_stays_has_the_text_of_the_link_that_it_keeps() -> None:
    entry = "- [Site](https://example.com) runs [Deploy two](deploy2.md) — " + "long text here, " * 2000
    after = compacted(snapshot({"MEMORY.md": f"# T\n\n{entry}\n", "deploy2.md": "Ship it.\n"}))
    assert "- [Deploy two](deploy2.md)" in index_text(after)
