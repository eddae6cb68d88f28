import pytest

from memoryd.domain.hooks.guard import line_key
from memoryd.services.hooks import sessions as sessions_module
from memoryd.services.hooks.sessions import Session, Sessions


def test_a_write_is_refused_once_and_a_version_at_most_twice() -> None:
    session = Session()
    asked = [
        ("a", "1", "x"),
        ("a", "1", "x"),
        ("a", "1", "y"),
        ("a", "1", "z"),
        ("a", "2", "z"),
        ("b", "1", "x"),
    ]
    found = [session.may_refuse(*each, call=f"c{number}") for number, each in enumerate(asked)]
    assert found == [True, False, True, False, True, True]


def test_two_hooks_that_ask_about_one_call_hear_the_same() -> None:
    session = Session()
    assert [session.may_refuse("a", "1", "x", "call") for _ in range(3)] == [True] * 3
    assert session.may_refuse("a", "1", "x", "next") is False


def test_lines_are_remembered_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions_module, "_MOST_LINES", 4)
    session = Session(is_whole=True)
    for text in ("- a\n- b\n", "- a\n- c\n", "- d\n- e\n"):
        session.show("M", text)
    assert line_key("- c") in session.shown["M"]
    assert session.is_whole is False


def test_sessions_are_kept_apart_and_the_oldest_is_forgotten() -> None:
    sessions = Sessions()
    sessions.of("s", "").is_whole = sessions.of("s", "agent").is_whole = True
    assert sessions.of("s", "other").is_whole is False
    sessions.end("s")
    assert sessions.of("s", "").is_whole is False
    sessions.of("first", "").is_whole = True
    for number in range(70):
        sessions.of(f"{number}", "")
    assert sessions.of("first", "").is_whole is False


def test_what_was_written_is_told_once() -> None:
    session = Session()
    session.note_before("a", b"1")
    session.note_before("b", b"1")
    session.note_write("a")
    session.note_before("a", b"2")
    assert session.take_written() == {"a": b"1"}
    assert session.take_written() == {}
