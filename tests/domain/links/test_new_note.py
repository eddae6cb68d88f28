from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support import store_of

from memoryd.domain.links.new_note import find_note, note_text, plan_note
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.errors import MemorydError


def snapshot(**files: str) -> Snapshot:
    names = {name.replace("_md", ".md"): text for name, text in files.items()}
    documents = {name: parse(name, text.encode()) for name, text in sorted(names.items())}
    return Snapshot(store_of(Path("/home/me/.claude/agent-memory/reviewer")), documents)


def added(store: Snapshot, text: str = "the new note", topic: str | None = None) -> dict[str, str]:
    changes = plan_note(store, text, topic).changes
    return {each.path.rpartition("/")[2]: (each.after or b"").decode() for each in changes}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "- the new note\n"),
        ("- a\n", "- a\n- the new note\n"),
        ("- a", "- a\n- the new note\n"),
        ("* a\n* b\n", "* a\n* b\n* the new note\n"),
        ("- a\r\n- b\r\n", "- a\r\n- b\r\n- the new note\r\n"),
        ("# Title\n", "# Title\n\n- the new note\n"),
        ("# Title\n\nprose\n", "# Title\n\nprose\n\n- the new note\n"),
        ("# Title\n\n", "# Title\n\n- the new note\n"),
        ("| a |\n|---|\n| b |\n", "| a |\n|---|\n| b |\n\n- the new note\n"),
        ("```\ncode\n```\n", "```\ncode\n```\n\n- the new note\n"),
    ],
)
def test_a_note_becomes_an_entry_at_the_end(before: str, after: str) -> None:
    assert added(snapshot(MEMORY_md=before)) == {"MEMORY.md": after}


@pytest.mark.parametrize("before", ["```\ncode\n", "<!-- begun\n", "- a\n\n~~~sh\nls\n"])
def test_a_file_whose_end_would_swallow_it_is_left_alone(before: str) -> None:
    with pytest.raises(MemorydError, match="would swallow the note"):
        added(snapshot(MEMORY_md=before))


def test_what_the_agent_would_not_see_is_refused() -> None:
    full = snapshot(MEMORY_md="- a\n" * 200)
    with pytest.raises(MemorydError, match=r"would not see the note: MEMORY\.md would have 201 of 200 lines"):
        added(full)
    assert added(snapshot(MEMORY_md="- a\n" * 200, t_md="# T\n\n- b\n"), topic="t") == {
        "t.md": "# T\n\n- b\n- the new note\n"
    }
    with pytest.raises(MemorydError, match="no room for a line that links to new"):
        added(full, topic="new things")


def test_a_topic_is_found_by_name_and_made_where_it_is_missing() -> None:
    store = snapshot(MEMORY_md="# Index\n\n- [Deploys](deploys.md) — how\n", deploys_md="# Deploys\n\n- a\n")
    for name in ("deploys", "deploys.md", "Deploys"):
        assert list(added(store, topic=name)) == ["deploys.md"]
    made = added(store, topic="Build servers")
    assert made["build-servers.md"] == "# Build servers\n\n- the new note\n"
    assert made["MEMORY.md"].startswith(
        "# Index\n\n- [Deploys](deploys.md) — how\n- [Build servers](build-servers.md)"
    )
    first = added(snapshot(), topic="Build servers")
    assert "(build-servers.md)" in first["MEMORY.md"]


@pytest.mark.parametrize("topic", ["", "..", "/", "a\x1bb", "\u202e"])
def test_a_topic_that_names_no_file_is_refused(topic: str) -> None:
    with pytest.raises(MemorydError, match="cannot be the name"):
        added(snapshot(MEMORY_md="- a\n"), topic=topic)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30))
def test_a_topic_never_leaves_its_store(topic: str) -> None:
    try:
        changes = plan_note(snapshot(MEMORY_md="- a\n"), "text", topic).changes
    except MemorydError:
        return
    for change in changes:
        assert change.path.startswith(f"{change.root}/")
        assert ".." not in change.path.split("/")


def test_a_note_that_is_there_already_is_found() -> None:
    store = snapshot(MEMORY_md="# M\n\n- Use the cache\n  of the team\n", t_md="prose of a topic\n")
    assert find_note(store, "use the  cache of the team".replace("  ", " ")) == ("MEMORY.md", 3)
    assert find_note(store, "prose of a topic") == ("t.md", 1)
    assert find_note(store, "something else") is None


def test_a_note_is_one_line_without_control_characters() -> None:
    assert note_text("  two\n  lines ") == "two lines"
    assert note_text("- two\nlines") == "two lines"
    for text in ("", " \n", "- "):
        with pytest.raises(MemorydError):
            note_text(text)
    with pytest.raises(MemorydError, match="control or hidden"):
        note_text("a\x1b[31mb")
