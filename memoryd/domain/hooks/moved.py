"""Places of lines that an agent looks for in vain."""

from collections.abc import Mapping

from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted

_MOST_SHOWN = 3


def moved_lines(path: str, counts: Mapping[str, int]) -> str:
    """Return a sentence that tells an agent where lines that it was shown are now; "" for none.

    Args:
        path: The file that they were in.
        counts: How many of them each other file has, the most first.
    """
    if not counts:
        return ""
    lines = counted(sum(counts.values()), "line", "lines")
    are = "is" if lines.startswith("1 ") else "are"
    return f"memoryd: {lines} that you saw in {visible_line(path)} {are} in {_files(counts)} now."


def moved_text(path: str, counts: Mapping[str, int]) -> str:
    """Return a sentence that tells an agent where a text is that it could not edit; "" for no place."""
    if not counts:
        return ""
    most = max(counts.values())
    best = {name: count for name, count in counts.items() if count == most}
    return f"memoryd: this text is not in {visible_line(path)} now, but in {_files(best)}: edit it there."


def _files(counts: Mapping[str, int]) -> str:
    names = [visible_line(name) for name in counts]
    more = [f"{len(names) - _MOST_SHOWN} more"] * (len(names) > _MOST_SHOWN)
    return " and ".join(filter(None, [", ".join(names[:_MOST_SHOWN]), *more]))
