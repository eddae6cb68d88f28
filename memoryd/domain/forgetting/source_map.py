"""Source map of a transformed text."""

from bisect import bisect_right


class MappedText:
    """A text assembled from parts of another one, with the origin of each character.

    Attributes:
        text: The assembled text, complete once all parts are added.
    """

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._length = 0
        self._starts: list[int] = []  # in the result
        self._origins: list[tuple[int, int, int]] = []  # in the other text: start, stop, step

    @property
    def text(self) -> str:
        """The assembled text."""
        return "".join(self._parts)

    def take(self, made: str, start: int, stop: int = -1, step: int = 1) -> None:
        """Add the result for a part of the other text.

        Args:
            made: The result.
            start: Start of the part, in code points from 0.
            stop: End of the part; if absent, each character of the result stands for `step` ones of the
                other text.
            step: How many.
        """
        if made:
            self._parts.append(made)
            self._starts.append(self._length)
            self._origins.append((start, stop, step))
            self._length += len(made)

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Return the span in the other text of a part of the result."""
        return self._place(start)[0], self._place(end - 1)[1]

    def _place(self, at: int) -> tuple[int, int]:
        number = bisect_right(self._starts, at) - 1
        start, stop, step = self._origins[number]
        if stop >= 0:
            return start, stop
        start += (at - self._starts[number]) * step
        return start, start + step
