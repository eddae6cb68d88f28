from pathlib import Path

from support import store_of, write_tree

from memoryd.services.hooks.known_notes import LARGEST, KnownNotes

OLD = "- The API times out after 30 s on staging machines.\n"
NEW = "- The API times out after 60 s on staging machines.\n"


def test_notes_are_read_once_and_again_after_a_change(tmp_path: Path) -> None:
    store, notes = (
        store_of(write_tree(tmp_path, {"MEMORY.md": OLD, "a.md": "- two words\n"})),
        KnownNotes(LARGEST),
    )
    first, is_whole = notes.read(store, 10)
    assert (len(first), is_whole) == (2, True)
    assert notes.read(store, 0) == (first, True)
    (tmp_path / "a.md").unlink()
    (tmp_path / "MEMORY.md").write_text(OLD + "- one more\n")
    assert [note.text for note in notes.read(store, 10)[0]] == [OLD, "- one more\n"]


def test_what_there_is_no_time_for_is_read_later(tmp_path: Path) -> None:
    files = {f"{number}.md": "- a note\n" for number in range(50)} | {"MEMORY.md": OLD}
    store, notes = store_of(write_tree(tmp_path, files)), KnownNotes(LARGEST)
    assert notes.read(store, 0) == ((), False)
    found, is_whole = notes.read(store, 10)
    assert (len(found), is_whole) == (51, True)
    assert notes.read(store_of(tmp_path / "missing"), 10) == ((), False)


def test_only_new_notes_are_compared_and_only_with_those_that_stay(tmp_path: Path) -> None:
    store, notes = store_of(write_tree(tmp_path, {"MEMORY.md": OLD, "a.md": "- else\n"})), KnownNotes(LARGEST)
    assert len(notes.compare(store, "MEMORY.md", f"{OLD}{NEW}".encode(), 10)) == 1
    assert len(notes.compare(store, "a.md", NEW.encode(), 10)) == 1
    assert notes.compare(store, "MEMORY.md", NEW.encode(), 10) == ()  # a correction
    assert notes.compare(store, "MEMORY.md", OLD.encode(), 10) == ()
    assert notes.compare(store, "2026-03-01.md", NEW.encode(), 10) == ()  # the log of a day


def test_large_texts_are_left_alone(tmp_path: Path) -> None:
    code = "filler of code\n" * (LARGEST // 7)
    long = f"{OLD}\n```\n{code}```\n\n"
    store = store_of(write_tree(tmp_path, {"MEMORY.md": long}))
    more = (long + NEW).encode()
    assert KnownNotes(LARGEST).compare(store, "MEMORY.md", more, 10) == ()
    assert KnownNotes(LARGEST).compare(store, "a.md", NEW.encode(), 10) == ()
    assert len(KnownNotes(16 * LARGEST).compare(store, "a.md", NEW.encode(), 10)) == 1
