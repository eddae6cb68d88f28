from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from memoryd.domain.history.retention import expendable
from memoryd.domain.history.versions import Operation, Version, state_at


def version(number: int, time: float, path: str, digest: str | None, operation: int | None = None) -> Version:
    return Version(number, time, "/s", f"/s/{path}", digest, None, operation)


def operation(number: int, time: float, status: str = "done") -> Operation:
    return Operation(number, time, "compact", status, "a title", None, "daemon")


def lines_of(version: Version) -> frozenset[bytes]:
    return frozenset((version.digest or "").encode().split())


digests = st.none() | st.lists(st.sampled_from("abcd"), max_size=3).map(" ".join)


@given(st.lists(st.tuples(st.sampled_from("xyz"), digests), max_size=15), st.integers(0, 16))
def test_no_line_leaves_with_what_may_leave(seen: Sequence[tuple[str, str | None]], before: int) -> None:
    versions = [version(number, number, path, digest) for number, (path, digest) in enumerate(seen, 1)]
    leaving = expendable(versions, lines_of, before)
    staying = [each for each in versions if each not in leaving]
    assert all(each.time < before for each in leaving)
    assert frozenset().union(*map(lines_of, versions)) == frozenset().union(*map(lines_of, staying))
    for moment in range(before, 17):
        held = {path: each.digest for path, each in state_at(versions, moment).items()}
        assert held == {path: each.digest for path, each in state_at(staying, moment).items()}
    assert expendable(staying, lines_of, before) == ()


def test_old_versions_that_say_nothing_more_leave() -> None:
    versions = [
        version(1, 1, "x", "a"),
        version(2, 2, "x", "a b"),
        version(3, 3, "x", "a c"),
        version(4, 4, "x", "a c d"),
    ]
    assert [each.id for each in expendable(versions, lines_of, 4)] == [3, 1]
