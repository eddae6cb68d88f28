"""Exchange after quiet, and from time to time."""

from collections.abc import Callable, Hashable

QUIET = 10.0
"""Seconds without a change before what changed is sent."""
STEP = 2.0
"""Seconds between two looks at the stores."""

_LONGEST = 3600.0  # seconds between two attempts while the remote repository cannot be reached


def watch(
    look: Callable[[], Hashable], run: Callable[[], bool], wait: Callable[[float], bool], every: float
) -> None:
    """Exchange at first, when the stores were quiet after a change, and else regularly, until waiting ends.

    Where the remote repository cannot be reached, the pauses double up to an hour.

    Args:
        look: Returns the state of the stores, at little cost.
        run: Exchanges; returns whether the remote repository was reached.
        wait: Waits for some seconds; returns whether to go on.
        every: Seconds between two exchanges without a change.
    """
    last = sent = None
    still, elapsed, pause = QUIET, every, 0.0
    while True:
        state = look()
        still = still + STEP if state == last else 0.0 if last is not None else QUIET
        last = state
        is_due = elapsed >= every or (state != sent and still >= QUIET)
        if is_due and elapsed >= pause:
            reached = run()
            pause = 0.0 if reached else min(max(pause * 2, STEP * 5), _LONGEST)
            elapsed, sent = 0.0, look() if reached else sent
            last = sent if reached else last
        if not wait(STEP):
            return
        elapsed += STEP
