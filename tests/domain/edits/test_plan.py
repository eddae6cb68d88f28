import subprocess
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from support import needs_git

from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan, digest

PIECES = st.sampled_from(
    ["a", "é", " ", "\t", "\n", "a\n", "\r\n", "\r", "\u2028", "-", "--- ", "+", "\\", "@@"]
)
CONTENTS = st.none() | st.lists(PIECES, max_size=20).map(lambda pieces: "".join(pieces).encode())
CHANGES = st.builds(
    FileChange, st.just("/s"), st.sampled_from(["/s/a.md", "/s/b.md", "/s/c/d.md"]), CONTENTS, CONTENTS
)


def put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
    else:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def git_apply(directory: Path, changes: tuple[FileChange, ...], patch: str) -> None:
    """Let git apply a patch to what was there before, and compare with what is to be there after."""
    for change in changes:
        put(Path(change.path), change.before)
    if patch:
        subprocess.run(
            ["git", "apply", "--whitespace=nowarn", "-"], input=patch.encode(), cwd=directory, check=True
        )
    for change in changes:
        after = Path(change.path).read_bytes() if Path(change.path).exists() else None
        assert after == change.after


LINES = b"".join(b"line %d\n" % number for number in range(30))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b"a\nb\n", b"a\nc\n"),
        (b"a\nb", b"a\nc"),
        (b"a\nb\n", b"a\nb"),
        (b"a\nb", b"a\nb\n"),
        (b"a\r\nb\r\n", b"a\r\nc\r\n"),
        (b"a\r\nb\r\n", b"a\nb\n"),
        (b"a\rb\n", b"a\rc\n"),
        (LINES, LINES.replace(b"line 3\n", b"").replace(b"line 27", b"line x")),
        ("目\u2028次\x85\x0c\n".encode(), "目\u2028錄\x85\x0c\n".encode()),
        (None, b"a\nb\n"),
        (None, b"a\nb"),
        (None, b"\n"),
        (None, b""),
        (b"a\nb\n", None),
        (b"a\nb", None),
        (b"", None),
        (b"", b"a\n"),
        (b"a\n", b""),
        (b"\xef\xbb\xbfa\n", b"\xef\xbb\xbfb\n"),
        (b"-- a\n++ b\n", b"-- c\n++ b\n"),
    ],
)
@pytest.mark.parametrize("name", ["a.md", "deep/er/a b.md", "目次 é.md", "a#1 (x).md"])
@needs_git
def test_git_takes_the_diff(tmp_path: Path, name: str, before: bytes | None, after: bytes | None) -> None:
    change = FileChange(str(tmp_path), f"{tmp_path}/{name}", before, after)
    git_apply(tmp_path, (change,), change.diff(str(tmp_path)))


@given(before=CONTENTS, after=CONTENTS)
@example(before=b"", after=b"")
@needs_git
def test_git_takes_any_diff(tmp_path: Path, before: bytes | None, after: bytes | None) -> None:
    Path(tmp_path / "a.md").unlink(missing_ok=True)
    assume(before != after)
    change = FileChange(str(tmp_path), f"{tmp_path}/a.md", before, after)
    git_apply(tmp_path, (change,), change.diff(str(tmp_path)))
    git_apply(tmp_path, (change.inverse,), change.inverse.diff(str(tmp_path)))


@needs_git
def test_the_diff_of_a_plan_is_that_of_all_its_files(tmp_path: Path) -> None:
    changes = (
        FileChange(str(tmp_path), f"{tmp_path}/b.md", None, b""),
        FileChange(str(tmp_path), f"{tmp_path}/c.md", b"c", None),
        FileChange(str(tmp_path), f"{tmp_path}/a.md", b"a\n", b"b\n"),
    )
    plan = Plan(
        "compact", (Fix("one", Applicability.SAFE, changes[:2]), Fix("two", Applicability.SAFE, changes[2:]))
    )
    assert [change.path[-4:] for change in plan.changes] == ["a.md", "b.md", "c.md"]
    git_apply(tmp_path, plan.changes, plan.diff(str(tmp_path)))


def test_a_diff_looks_as_git_prints_it() -> None:
    change = FileChange("/r/s", "/r/s/a.md", b"one\ntwo\n", b"one\n2")
    assert change.diff("/r") == (
        "diff --git a/s/a.md b/s/a.md\n--- a/s/a.md\n+++ b/s/a.md\n"
        "@@ -1,2 +1,2 @@\n one\n-two\n+2\n\\ No newline at end of file\n"
    )
    assert FileChange("/r/s", "/r/s/a.md", b"one\n", b"one\n").diff("/r") == ""


@given(CHANGES)
def test_the_inverse_of_the_inverse_is_the_change(change: FileChange) -> None:
    assert (change.inverse.before, change.inverse.after) == (change.after, change.before)
    assert change.inverse.inverse == change


@given(st.lists(CHANGES, max_size=3), st.lists(CHANGES, max_size=3))
def test_different_changes_have_different_digests(one: list[FileChange], other: list[FileChange]) -> None:
    assert (digest(one) == digest(other)) == (one == other)


@given(st.binary(min_size=1, max_size=40), st.integers(0), st.integers(1, 255))
def test_a_digest_depends_on_every_byte(content: bytes, at: int, difference: int) -> None:
    at %= len(content)
    changed = content[:at] + bytes([content[at] ^ difference]) + content[at + 1 :]
    kept = digest([FileChange("/s", "/s/a.md", content, content)])
    assert digest([FileChange("/s", "/s/a.md", changed, content)]) != kept
    assert digest([FileChange("/s", "/s/a.md", content, changed)]) != kept


def test_a_digest_knows_absent_from_empty_and_takes_any_path() -> None:
    digests = {
        digest([FileChange("/s", path, before, after)])
        for path in ("/s/a", "/s/\udcff")
        for before in (None, b"", b"-")
        for after in (None, b"", b"-")
    }
    assert len(digests) == 18


@pytest.mark.parametrize(
    ("before", "after", "action", "only_adds"),
    [
        (None, b"a", "create", True),
        (b"a", None, "delete", False),
        (b"a", b"ab", "modify", True),
        (b"a", b"ba", "modify", False),
        (b"", b"", "modify", True),
    ],
)
def test_what_a_change_does(
    before: bytes | None, after: bytes | None, action: str, *, only_adds: bool
) -> None:
    change = FileChange("/s", "/s/a.md", before, after)
    assert (change.action, change.only_adds) == (action, only_adds)
