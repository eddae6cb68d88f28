from dataclasses import replace

import pytest
from domain.compaction.compacting import (
    SECTIONED,
    compact,
    compacted,
    index_text,
    snapshot,
)

from memoryd.domain.compaction.cannot import CannotCompactError
from memoryd.domain.compaction.proof import prove
from memoryd.domain.edits.plan import FileChange
from memoryd.domain.history.past import Past


def test_an_index_within_limits_is_left_alone() -> None:
    assert compact(snapshot({"MEMORY.md": "- a fact\n" * 159})) is None
    assert compact(snapshot({"topic.md": "no index at all\n"})) is None


def test_an_index_that_is_not_utf8_is_left_alone_and_the_reason_told() -> None:
    with pytest.raises(CannotCompactError, match="byte 5 of its index file is not UTF-8"):
        compact(snapshot({"MEMORY.md": b"- caf\xe9\n" * 300}))


def test_a_pinned_entry_stays_while_others_move() -> None:
    lines = [f"- fact {number}" for number in range(230)]
    lines[3] += " <!-- memoryd: pin -->"
    after = compacted(snapshot({"MEMORY.md": "\n".join(lines) + "\n"}))
    assert lines[3] in index_text(after).split("\n")
    assert lines[2] not in index_text(after).split("\n")
    assert lines[229] in index_text(after).split("\n"), "the newest stay"


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


def test_a_topic_that_the_section_links_takes_its_entries() -> None:
    old = "# Everything about deploying\n"
    text = SECTIONED.replace("## Part 0\n", "## Part 0\n- details: [deploy](ship.md)\n")
    after = compacted(snapshot({"MEMORY.md": text, "ship.md": old}))
    assert after.documents["ship.md"].text.startswith(old + "\n## Part 0\n")


@pytest.mark.parametrize("name", ["CON", "Aux", "nul", "Com1", "LPT9", "prn"])
def test_no_file_has_a_name_that_windows_reserves(name: str) -> None:
    text = f"# T\n\n## {name}\n" + "".join(f"- fact {number}\n" for number in range(230))
    (path,) = compacted(snapshot({"MEMORY.md": text})).documents.keys() - {"MEMORY.md"}
    assert path.casefold() != f"{name.casefold()}.md"


def test_a_block_that_its_topic_has_already_is_not_appended_again() -> None:
    first = compacted(snapshot({"MEMORY.md": SECTIONED}))
    files = {path: document.raw for path, document in first.documents.items()}
    again = compacted(snapshot({**files, "MEMORY.md": SECTIONED}))
    assert {path: document.raw for path, document in again.documents.items()} == files


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
