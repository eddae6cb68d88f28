from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.edits.combine import combine, then, with_changes, with_names
from memoryd.domain.edits.plan import Applicability, FileChange, Fix
from memoryd.domain.markdown.document import parse
from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.store import Scope, Store

LINES = b"one\ntwo\nthree\nfour\nfive\n"
STORE = Store("/s", Scope.USER, "a", "/", CLAUDE_AGENT)


def change(after: bytes | None, before: bytes | None = LINES, path: str = "/s/a.md") -> FileChange:
    return FileChange("/s", path, before, after)


def fix(*changes: FileChange) -> Fix:
    return Fix("mend", Applicability.SAFE, changes)


def test_fixes_of_one_file_are_merged() -> None:
    first, second = fix(change(LINES.replace(b"one", b"1"))), fix(change(LINES.replace(b"five\n", b"")))
    changes, taken = combine([first, second])
    assert changes["/s/a.md"].after == b"1\ntwo\nthree\nfour\n"
    assert taken == (first, second)


def test_one_that_contradicts_waits_with_all_its_files() -> None:
    first = fix(change(LINES.replace(b"one", b"1")))
    other = fix(change(LINES.replace(b"one", b"uno")), change(b"new\n", None, "/s/b.md"))
    changes, taken = combine([first, other])
    assert changes.keys() == {"/s/a.md"}
    assert taken == (first,)


def test_a_file_is_not_removed_and_changed_at_once() -> None:
    removed = fix(change(None))
    assert combine([removed, fix(change(b"x\n"))]) == ({"/s/a.md": change(None)}, (removed,))


def test_a_file_made_twice_alike_is_made_once() -> None:
    made = fix(change(b"x\n", None))
    other = fix(change(b"x\n", None), change(LINES + b"- x\n", path="/s/b.md"))
    assert combine([made, other])[1] == (made, other)


def test_two_rounds_are_one_change_from_first_to_last() -> None:
    first, second = {"/s/a.md": change(b"1\n")}, {"/s/a.md": change(b"2\n", b"1\n")}
    assert then(first, second) == {"/s/a.md": change(b"2\n")}
    assert then(first, {"/s/a.md": change(LINES, b"1\n")}) == {}
    assert then({"/s/a.md": change(b"1\n", None)}, {"/s/a.md": change(None, b"1\n")}) == {}


def test_a_store_as_it_would_be() -> None:
    snapshot = Snapshot(STORE, {"a.md": parse("a.md", LINES), "b.md": parse("b.md", b"")})
    made = change(b"x\n", None, "/s/c.md")
    after = with_changes(snapshot, {"/s/b.md": change(None, b"", "/s/b.md"), "/s/c.md": made})
    assert {path: each.raw for path, each in after.documents.items()} == {"a.md": LINES, "c.md": b"x\n"}
    other = change(b"x", None, "/elsewhere/c.md")
    assert with_changes(snapshot, {"/elsewhere/c.md": other}).documents == snapshot.documents


def test_directories_as_they_would_be_listed() -> None:
    pending = {"/s/c.md": change(b"", None, "/s/c.md"), "/s/b.md": change(None, b"", "/s/b.md")}
    assert with_names({"/s": frozenset({"a.md", "b.md"}), "/t": None}, pending) == {
        "/s": frozenset({"a.md", "c.md"}),
        "/t": None,
    }


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([b"", b"x\n", b"a\nb\n"])), max_size=6))
def test_whatever_is_taken_is_there_and_nothing_else_is_changed(edits: list[tuple[int, bytes]]) -> None:
    lines = [b"line %d\n" % number for number in range(10)]
    before = b"".join(lines)
    fixes = [fix(change(b"".join([*lines[:at], new, *lines[at + 1 :]]), before)) for at, new in edits]
    changes, taken = combine(fixes)
    assert bool(taken) == bool(fixes)
    if fixes:
        after = changes["/s/a.md"].after
        assert after is not None
        touched = {at for (at, _), each in zip(edits, fixes, strict=True) if each in taken}
        assert [line for line in lines if line in after] == [
            line for number, line in enumerate(lines) if number not in touched
        ]
