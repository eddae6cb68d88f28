"""Size and growth of the history, as text and JSON."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from memoryd.domain.history.size import HistorySize


def size_line(size: "HistorySize | None") -> list[str]:
    """Return one line about the size of the history; none if there is no history."""
    return [f"history: {size.sentence}"] if size else []


def as_json(size: "HistorySize | None") -> dict[str, object]:
    """Return the same as an object, with `null` for what is not known."""
    return {"bytes": size and size.total, "bytes_a_day": size and round(size.growth)}
