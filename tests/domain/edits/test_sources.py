"""Which files the new lines of a change come from."""

from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan
from memoryd.domain.edits.sources import with_sources


def sources(*changes: FileChange) -> dict[str, tuple[str, ...]]:
    plan = with_sources(Plan("test", (Fix("move", Applicability.SAFE, changes),)))
    return {change.path: change.sources for change in plan.changes}


def test_moved_lines_come_from_where_they_were() -> None:
    index = FileChange("/s", "/s/MEMORY.md", b"# M\n- one fact\n- two\n", b"# M\n- [a](a.md)\n")
    topic = FileChange("/s", "/s/a.md", None, b"---\nname: a\n---\n  - one fact\n")
    assert sources(index, topic) == {"/s/MEMORY.md": (), "/s/a.md": ("/s/MEMORY.md",)}


def test_a_merge_comes_from_the_file_that_is_removed() -> None:
    kept = FileChange("/s", "/s/a.md", b"- one\n", b"- one\n- two\n")
    gone = FileChange("/s", "/s/b.md", b"- two\n", None)
    assert sources(kept, gone) == {"/s/a.md": ("/s/b.md",), "/s/b.md": ()}


def test_fences_and_bullets_come_from_nowhere() -> None:
    other = FileChange("/s", "/s/b.md", b"---\nname: b\n---\n\n-\n```\n", b"")
    made = FileChange("/s", "/s/a.md", None, b"---\nname: a\n---\n\n-\n```\n")
    assert sources(other, made)["/s/a.md"] == ()


def test_what_was_there_before_comes_from_nowhere() -> None:
    one = FileChange("/s", "/s/a.md", b"- the same line\n", b"- the same line\n- more\n")
    other = FileChange("/s", "/s/b.md", b"- the same line\n", b"")
    assert sources(one, other)["/s/a.md"] == ()


def test_a_source_that_is_named_is_kept() -> None:
    made = FileChange("/s", "/s/MEMORY.md", None, b"- [a](a.md)\n", sources=("/s/a.md",))
    assert sources(made) == {"/s/MEMORY.md": ("/s/a.md",)}
