"""When an exchange is due."""

from memoryd.services.sync.watch import QUIET, STEP, watch


def runs(states: list[str], *, every: float = 1000.0, reached: bool = True) -> list[int]:
    """The steps at which an exchange began, while the stores have these states."""
    at = iter(range(len(states)))
    step = next(at)
    found = []

    def advance(seconds: float) -> bool:
        nonlocal step
        assert seconds == STEP
        step = next(at, -1)
        return step >= 0

    def run() -> bool:
        found.append(step)
        return reached

    watch(lambda: states[step], run, advance, every)
    return found


def test_at_first_and_then_after_quiet() -> None:
    quiet = int(QUIET / STEP)
    assert runs(["a"] * 3) == [0]
    assert runs(["a", "a", *["b"] * 10]) == [0, 2 + quiet]


def test_not_while_something_changes() -> None:
    assert runs([str(number) for number in range(20)]) == [0]


def test_from_time_to_time() -> None:
    assert runs(["a"] * 12, every=STEP * 5) == [0, 5, 10]


def test_less_and_less_often_while_nothing_is_reached() -> None:
    assert runs(["a"] * 50, every=STEP, reached=False) == [0, 5, 15, 35]
