"""What goes to the terminal."""

import os
import re
import sys
from collections.abc import Callable, Iterable

import typer

# Memory files are written by programs and may hold anything: on a terminal, control characters could
# move the cursor or change colours.
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_DIFF_COLOURS = {"+": "green", "-": "red", "@": "cyan"}
_BAR = 20  # cells


def emit(text: str) -> None:
    """Print text as it is; a reader that went away ends the command with 2, which is never a finding.

    On a terminal, control characters are made visible.
    """
    if sys.stdout.isatty():
        text = _CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), text)
    _write(text)


def _write(text: str) -> None:
    try:
        sys.stdout.buffer.write(text.encode(errors="backslashreplace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(2) from None


def has_colour() -> bool:
    """Whether stdout is a terminal that may show colours."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def styled(text: str, **style: object) -> str:
    """Text with a style where stdout may show it."""
    return typer.style(text, **style) if has_colour() else text  # type: ignore[arg-type]  # passed through


def emit_diff(diff: str) -> None:
    """Print a unified diff, coloured as git does on a terminal."""
    if not sys.stdout.isatty():
        _write(diff)
        return
    lines = diff.split("\n")
    safe = [_CONTROL.sub(lambda match: match[0].encode("unicode_escape").decode(), line) for line in lines]
    _write("\n".join(_coloured(line) for line in safe))


def _coloured(line: str) -> str:
    if line.startswith(("---", "+++")):
        return styled(line, bold=True)
    return styled(line, fg=_DIFF_COLOURS[line[0]]) if line[:1] in _DIFF_COLOURS else line


def note(text: str) -> None:
    """Tell a person what happens, on stderr, so that stdout stays data."""
    typer.echo(text, err=True)


def bar(used: float) -> str:
    """A bar of a fraction of a limit; what is over it does not grow the bar."""
    full = min(round(used * _BAR), _BAR)
    colour = "red" if used > 1 else "yellow" if used >= 0.8 else "green"  # noqa: PLR2004  # rule S002's threshold
    return styled("█" * full, fg=colour) + styled("░" * (_BAR - full), dim=True)


def table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], width: Callable[[str], int] = len) -> str:
    """Left-aligned columns under a heading; styles do not count as width."""
    all_rows = [head, *rows]
    widths = [max(width(_bare(row[column])) for row in all_rows) for column in range(len(head))]
    return "".join(
        "  ".join(cell + " " * (widths[at] - width(_bare(cell))) for at, cell in enumerate(row)).rstrip()
        + "\n"
        for row in all_rows
    )


def _bare(cell: str) -> str:
    return re.sub(r"\x1b\[[0-9;]*m", "", cell)


def short(path: str) -> str:
    """A path as people write it: relative below the working directory, `~` for home."""
    directory, home = os.getcwd(), os.path.expanduser("~")
    if path.startswith(directory + "/"):
        return path[len(directory) + 1 :]
    return "~" + path[len(home) :] if path.startswith(home + "/") else path
