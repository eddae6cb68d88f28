"""Lines that a write removes unseen."""

from collections.abc import Collection, Iterable

from memoryd.domain.limits.loaded import displayed
from memoryd.domain.text.escape import visible_line
from memoryd.domain.text.phrases import counted, one_line, shorten
from memoryd.values import regex

_OF_CLIENT = regex(r"(?:metadata|node_type|originSessionId|modified)\s*:")  # it rewrites these itself
_FRONT_MATTER = regex(r"(?ms)\A---[ \t]*\r?\n(.*?)^---[ \t]*\r?$")
MOST_QUOTED = 3
"""Lines that are quoted."""
_MOST_OF_LINE = 120  # characters
_LONGEST = 1000  # characters of a line that are looked at


def lines_of(text: str) -> tuple[str, ...]:
    """Return the lines of a memory file that count, without white space around them."""
    stripped = [line.strip() for line in text.split("\n")]
    front = _FRONT_MATTER.match(text)
    own = front[0].count("\n") if front else 0
    return tuple(
        line
        for number, line in enumerate(stripped)
        if line and not (number <= own and _OF_CLIENT.match(line)) and not (own and line == "---")
    )


def unseen_losses(before: str, after: str, shown: Collection[int]) -> tuple[str, ...]:
    """Return the lines that a write removes and that its writer was not shown.

    Args:
        before: The text of the file now.
        after: The text after the write.
        shown: The `line_key` of each line that was shown.
    """
    kept = set(lines_of(after))
    lost = dict.fromkeys(line for line in lines_of(before) if line not in kept)
    return tuple(line for line in lost if line_key(line) not in shown)


def line_key(line: str) -> int:
    """Return a number that stands for a line within this process."""
    return hash(line)


def refusal(path: str, lost: Collection[str]) -> str:
    """Return the reason for refusing a write once, for the agent.

    Args:
        path: Path of the file, relative to its store.
        lost: The lines that would be removed.
    """
    which = "which was" if len(lost) == 1 else "which were"
    return (
        f"memoryd: this write would remove {counted(len(lost), 'line', 'lines')} of {visible_line(path)}, "
        f"{which} not shown to you: {quoted(lost)}. Read the file again, then write. To remove "
        "on purpose what is listed, repeat the same write."
    )


def quoted(lines: Iterable[str], number: int | None = None) -> str:
    """Return the first few lines, shortened and quoted as data, for an agent.

    Args:
        lines: The lines, at least the first three.
        number: How many there are in all.
    """
    found = list(lines)
    number = len(found) if number is None else number
    first = (shorten(one_line(line[:_LONGEST]), _MOST_OF_LINE) for line in found[:MOST_QUOTED])
    more = [f"{number - MOST_QUOTED} more"] * (number > MOST_QUOTED)
    return ", ".join([*(f'"{visible_line(displayed(line))}"' for line in first), *more])
