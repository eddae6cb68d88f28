from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.edits.plan import FileChange
from memoryd.domain.edits.stat import stat
from memoryd.domain.text.width import width


def change(name: str, before: bytes | None, after: bytes | None) -> FileChange:
    return FileChange("/s", f"/s/{name}", before, after)


CHANGES = (
    change("a.md", b"a\nb\nc\n", b"a\nc\nd\ne\n"),
    change("b.md", None, b"a\n"),
    change("c.md", b"x\n" * 90, None),
    change("d.md", b"same\n", b"same\n"),
)


def test_files_and_lines_are_counted() -> None:
    assert stat(CHANGES, "/s") == [
        f" a.md |  3 {'+'}{'-'}",
        " b.md |  1 +",
        f" c.md | 90 {'-' * 40}",
        " 3 files changed, 3 lines added, 91 lines removed",
    ]


def test_nothing_is_nothing() -> None:
    assert stat((), "/s") == []
    assert stat((change("a", b"", b""),), "/s") == []


@given(st.integers(40, 130), st.text("aä漢/", min_size=1, max_size=120), st.integers(0, 3000))
def test_it_fits_the_terminal(columns: int, name: str, lines: int) -> None:
    made = stat((change(f"x{name}", b"a\n" * lines, b"b\n" * 7),), "/s", columns)
    assert all(width(line) <= columns for line in made[:-1])
    assert made[0].rstrip("+-").endswith(f"{lines + 7} ")
