"""Once an hour, and once a day where agents keep writing into it: by the record, so across restarts too."""

import pytest

from memoryd.domain.daemon.backoff import DAY, HOUR, Rest, pause_after, rest_after
from memoryd.domain.history.versions import Operation

NOW = 1_800_000_000.0


def operation(ago: float, status: str = "done", cause: str = "compact", actor: str = "daemon") -> Operation:
    return Operation(1, NOW - ago, cause, status, "", None, actor)


@pytest.mark.parametrize(
    ("operations", "rest"),
    [
        ([], None),
        ([operation(60)], Rest(NOW - 60 + HOUR, conflict=False)),
        ([operation(HOUR)], None),
        ([operation(60, cause="mend")], Rest(NOW - 60 + HOUR, conflict=False)),
        ([operation(60, cause="rescue")], None),
        ([operation(60, actor="command")], None),
        ([operation(60, "aborted")], None),
        ([operation(60, "conflict")], Rest(NOW - 60 + HOUR, conflict=True)),
        ([operation(60, "conflict"), operation(9000, "conflict")], Rest(NOW - 60 + DAY, conflict=True)),
        (
            [operation(60, "conflict"), operation(80), operation(90, "conflict")],
            Rest(NOW - 60 + HOUR, conflict=True),
        ),
        (
            [operation(60), operation(80, "conflict"), operation(90, "conflict")],
            Rest(NOW - 60 + HOUR, conflict=False),
        ),
        ([operation(DAY - 1, "conflict"), operation(DAY, "conflict")], Rest(NOW + 1, conflict=True)),
        ([operation(5, actor="command"), operation(60)], Rest(NOW - 60 + HOUR, conflict=False)),
        ([operation(-9e9)], Rest(NOW + HOUR, conflict=False)),  # the clock was wrong then, or is now
    ],
)
def test_rest(operations: list[Operation], rest: Rest | None) -> None:
    assert rest_after(operations, NOW) == rest


def test_failed_work_is_tried_again_soon_and_then_every_five_minutes() -> None:
    pauses = [pause_after(failures) for failures in range(1, 2000)]
    assert pauses[:4] == [5, 10, 20, 40]
    assert set(pauses[6:]) == {300}
