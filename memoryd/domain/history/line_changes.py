"""Lines that differ between two versions of a file."""

from collections import Counter

from memoryd.domain.history.delta import common_ends


def changed_parts(before: bytes, after: bytes) -> tuple[bytes, bytes]:
    r"""Return the whole lines of two contents without those that are equal at the start and at the end.

    Lines end at `\n` only. Each result ends with a line's end, or is the rest of its content.
    """
    if before == after:
        return b"", b""
    start, end = common_ends(before, after)
    start = before.rfind(b"\n", 0, start) + 1
    first = before.find(b"\n", len(before) - end)
    end = 0 if first < 0 else len(before) - first - 1
    return before[start : len(before) - end], after[start : len(after) - end]


def changed_lines(before: bytes, after: bytes) -> tuple[list[bytes], list[bytes]]:
    r"""Return the lines of the changed parts, without their ends and white space, and without blank lines."""
    old, new = changed_parts(before, after)
    return _lines(old), _lines(new)


def line_counts(before: bytes, after: bytes) -> tuple[int, int]:
    """Return how many lines were added and removed; a moved line is neither."""
    old, new = (Counter(_whole_lines(part)) for part in changed_parts(before, after))
    return (new - old).total(), (old - new).total()


def _whole_lines(content: bytes) -> list[bytes]:
    r"""Return lines without their ends, split at `\n` only; the rest after the last end is a line, too."""
    *lines, rest = content.split(b"\n")
    return lines + [rest] * bool(rest)


def _lines(content: bytes) -> list[bytes]:
    return [line for line in map(bytes.strip, content.split(b"\n")) if line]
