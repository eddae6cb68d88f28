"""A text that was made from another one, and where each character of it comes from."""

from bisect import bisect_right


class Placed:
    """A text that is put together from parts of another one.

    Attributes:
        text: What was put together; to be read when all of it has been taken.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._starts: list[int] = []  # in what is made
        self._origins: list[tuple[int, int]] = []  # in the other one

    @property
    def text(self) -> str:
        """All that was taken."""
        return "".join(self._parts)

    def take(self, made: str, start: int, stop: int = -1) -> None:
        """Add what was made of a part of the other text.

        Args:
            made: What stands here.
            start: Where that part begins, in code points from 0.
            stop: Its end; without it each character made is one of the other text.
        """
        if made:
            self._parts.append(made)
            self._starts.append(self._length)
            self._origins.append((start, stop))
            self._length += len(made)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a part of what was made comes from."""
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        number = bisect_right(self._starts, at) - 1
        start, stop = self._origins[number]
        if stop >= 0:
            return start, stop
        start += at - self._starts[number]
        return start, start + 1
