"""Versions that only add lines raise no alarm, and nothing else is taken for one."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from memoryd.domain.history.additions import only_add
from memoryd.domain.history.line_reader import LineReader
from memoryd.domain.history.lost_updates import stale_writes, unseen_losses
from memoryd.domain.history.mass_losses import mass_losses
from memoryd.domain.history.versions import GIT, Version

LINES = [f"- [Topic {number}](t{number}.md) about part {number * 37}" for number in range(14)]
NAMES = ("MEMORY.md", "a.md", "b.md", "c.md", "d.md")
TAIL = 5

contents = st.one_of(
    st.none(),
    st.integers(0, len(LINES)).map(lambda most: "\n".join(LINES[:most])),
    st.lists(st.sampled_from(LINES), unique=True).map("\n".join),
)
steps = st.lists(
    st.tuples(
        st.sampled_from((0.0, 5.0, 60.0)), st.sampled_from(NAMES), contents, st.sampled_from(("", "", GIT))
    ),
    max_size=14,
)


def versions_of(seen: Sequence[tuple[float, str, str | None, str]]) -> list[Version]:
    time, versions = 0.0, []
    for number, (pause, name, text, writer) in enumerate(seen, 1):
        time += pause
        versions.append(Version(number, time, "/s", f"/s/{name}", text, None, None, number, writer))
    return versions


def reader() -> LineReader:
    return LineReader(lambda version: None if version.digest is None else version.digest.encode())


def added(versions: Sequence[Version], since: int) -> bool:
    def before(version: Version) -> Version | None:
        own = [each for each in versions[: version.id - 1] if each.path == version.path]
        return own[-1] if own else None

    tail = versions[-TAIL:]
    return only_add(tail, since, reader(), before, is_whole=len(versions) <= TAIL)


@settings(max_examples=150, deadline=None)
@given(steps, st.integers(1, 3))
def test_what_only_adds_lines_raises_no_alarm(
    seen: list[tuple[float, str, str | None, str]], most: int
) -> None:
    versions = versions_of(seen)
    since = len(versions) - most
    new = {version.id for version in versions if version.id > since}
    if since < 1 or not added(versions, since):
        return
    read = reader()
    for name in NAMES:
        own = [version for version in versions if version.path == f"/s/{name}"]
        assert list(stale_writes(own, read, new)) == []
        assert list(unseen_losses(own, read, lambda raw: len(raw) // 2, new)) == []
    assert list(mass_losses(versions, read, "MEMORY.md", new)) == []


def test_what_counts() -> None:
    first, more, less = LINES[0], "\n".join(LINES[:2]), LINES[1]
    cases: dict[str, tuple[list[tuple[float, str, str | None, str]], bool]] = {
        "a line more": ([(0.0, "a.md", first, ""), (1.0, "a.md", more, "")], True),
        "another file": ([(0.0, "a.md", first, ""), (1.0, "b.md", more, "")], True),
        "a line less": ([(0.0, "a.md", more, ""), (60.0, "a.md", less, "")], False),
        "git": ([(0.0, "a.md", more, ""), (60.0, "a.md", less, GIT)], True),
        "a deletion": ([(0.0, "a.md", more, ""), (60.0, "a.md", None, "")], False),
        "after a deletion": (
            [(0.0, "a.md", more, ""), (60.0, "b.md", None, ""), (5.0, "a.md", more, "")],
            False,
        ),
        "long after one": ([(0.0, "b.md", None, ""), (60.0, "a.md", more, "")], True),
    }
    for name, (seen, expected) in cases.items():
        versions = versions_of(seen)
        assert added(versions, len(versions) - 1) is expected, name
    without_pause = versions_of([(1.0, "a.md", "\n".join(LINES[:number]), "") for number in range(1, 12)])
    assert not added(without_pause, 10)
