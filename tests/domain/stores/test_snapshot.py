"""Results that are kept for the last snapshots."""

from memoryd.domain.stores.profiles import CLAUDE_AGENT
from memoryd.domain.stores.snapshot import Snapshot, keep_last
from memoryd.domain.stores.store import Scope, Store

STORE = Store("/x", Scope.USER, "x", "/", CLAUDE_AGENT)


def test_a_result_is_kept_for_the_same_snapshot_and_not_for_an_equal_one() -> None:
    asked: list[tuple[Snapshot, float]] = []

    @keep_last(2)
    def count(snapshot: Snapshot, least: float = 0.5) -> int:
        asked.append((snapshot, least))
        return len(asked)

    one, other = Snapshot(STORE, {}), Snapshot(STORE, {})
    assert [count(one), count(one), count(other), count(one, 0.25), count(one, 1 / 4)] == [1, 1, 2, 3, 3]
    assert count(one) == 4  # the first result was dropped for the third
    assert one == other


def test_arguments_by_name_are_told_apart() -> None:
    @keep_last(4)
    def said(snapshot: Snapshot, *, loud: bool = False, long: bool = False) -> str:
        return f"{snapshot.store.agent} {loud} {long}"

    snapshot = Snapshot(STORE, {})
    assert said(snapshot, loud=True) != said(snapshot, long=True)
    assert said(snapshot, loud=True) is said(snapshot, loud=True)
