"""Patches of the client, applied to the text before."""

from collections.abc import Mapping, Sequence

_NO_LINE_END = "\\"  # begins the line after one without a line end


def apply_patch(before: str, hunks: Sequence[Mapping[str, object]]) -> str | None:
    r"""Return a text after a patch; None if the patch does not fit it.

    Args:
        before: The text, with lines that end at `\n`.
        hunks: Each with `oldStart`, counted from 1, and `lines`, which begin with a space, `-`, `+` or,
            after a line without a line end, a backslash.
    """
    old = _split(before)
    done: list[str] = []
    at = 0
    for hunk in hunks:
        start, lines = hunk.get("oldStart"), hunk.get("lines")
        if not isinstance(start, int) or not isinstance(lines, list):
            return None
        begin = max(start - 1, 0)
        if not at <= begin <= len(old):
            return None
        done += old[at:begin]
        taken = _apply_lines(old[begin:], lines)
        if taken is None:
            return None
        new, count = taken
        done += new
        at = begin + count
    return "".join(done + old[at:])


def _apply_lines(old: Sequence[str], lines: Sequence[object]) -> tuple[list[str], int] | None:
    """Return the new lines of a hunk, and how many old ones it replaces; None if it does not fit."""
    new: list[str] = []
    count = 0
    for number, line in enumerate(lines):
        if not isinstance(line, str) or not line:
            return None
        if line[0] == _NO_LINE_END:
            continue
        following = lines[number + 1] if number + 1 < len(lines) else ""
        ends = "" if isinstance(following, str) and following.startswith(_NO_LINE_END) else "\n"
        if line[0] in " -":
            if count >= len(old) or old[count].removesuffix("\n") != line[1:]:
                return None
            count += 1
        if line[0] in " +":
            new.append(line[1:] + ends)
        elif line[0] != "-":
            return None
    return new, count


def _split(text: str) -> list[str]:
    lines = text.split("\n")
    return [*(f"{line}\n" for line in lines[:-1]), *([lines[-1]] if lines[-1] else [])]
