"""What is read from a raw log, whatever it contains."""

import os
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from memoryd.adapters.git.changes import Change, changes, is_inside
from memoryd.domain.git.evidence import Commit

ID = b"a" * 40
HEAD = ID + b" aaaaaaa 2026-01-02"


def entry(kind: bytes, *names: bytes) -> bytes:
    return b":100644 000000 " + b"b" * 40 + b" " + b"0" * 40 + b" " + kind + b"\0" + b"\0".join(names) + b"\0"


def log(*entries: bytes, head: bytes = HEAD) -> bytes:
    return head + b"\0\n" + b"".join(entries)


def test_a_deletion_and_a_rename_are_read() -> None:
    commit = Commit("aaaaaaa", date(2026, 1, 2))
    assert list(changes(log(entry(b"D", b"a.md"), entry(b"R100", b"b.md", b"c.md")))) == [
        Change(commit, ID.decode(), "D", "b" * 40, "a.md"),
        Change(commit, ID.decode(), "R", "b" * 40, "b.md", "c.md", exactly=True),
    ]


def test_names_are_taken_as_they_are() -> None:
    names = [b" a ", b"\x01" + HEAD, b":100644", b"\n", HEAD, b"\xff.md", b"..a/b.."]
    found = list(changes(log(*(entry(b"D", name) for name in names))))
    assert [each.path for each in found] == [os.fsdecode(name) for name in names]


def test_names_that_lead_out_of_the_working_tree_are_left_out() -> None:
    out = [b"../x", b"a/../../x", b"/etc/passwd", b".."]
    entries = [entry(b"D", name) for name in out] + [entry(b"R090", b"a", name) for name in out]
    assert list(changes(log(*entries))) == []
    assert not any(map(is_inside, [*out, b""]))


def test_a_commit_of_no_calendar_is_left_out_and_the_next_one_is_read() -> None:
    first = log(entry(b"D", b"a"), head=ID + b" aaaaaaa 2026-02-31")
    second = log(entry(b"D", b"b"), head=ID + b" aaaaaaa 10889-08-07")
    third = log(entry(b"D", b"c"), head=ID + b" aaaaaaa ")
    assert [each.path for each in changes(first + second + third + log(entry(b"D", b"d")))] == ["d"]


@given(
    st.lists(st.sampled_from([HEAD, b"\0", b"\n", entry(b"R100", b"a", b"b"), entry(b"D", b"c"), b":", b"x"]))
)
def test_no_answer_makes_an_error(parts: list[bytes]) -> None:
    list(changes(b"".join(parts)))


@given(st.binary())
def test_no_bytes_make_an_error(answer: bytes) -> None:
    assert all(not each.path.startswith("/") for each in changes(answer))
