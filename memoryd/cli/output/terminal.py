"""Output to the terminal."""

import os
import re
import select
import shutil
import signal
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from stat import S_ISREG
from typing import TYPE_CHECKING, TextIO

from memoryd.beneath import is_within
from memoryd.cli.pages import hold, release, stop
from memoryd.domain.text.escape import json_text, visible, visible_line, without_commands
from memoryd.domain.text.width import hang, width, wrap
from memoryd.errors import MemorydError
from memoryd.values import regex

if TYPE_CHECKING:
    from memoryd.domain.checks.results import CheckResult
    from memoryd.domain.edits.plan import Plan

# A random mark distinguishes our styles from escape sequences in memory text.
_MARK = f"\x1b<{os.urandom(8).hex()}>"
_STYLE = regex(rf"{re.escape(_MARK)}(?:\d+m|8;;[!-~]*{re.escape(_MARK)}\\)")  # or a link
_LINK = regex(r"\x1b\[(8;;[!-~]*\x1b)\[\\")
_STYLES = {"bold": 1, "dim": 2, "red": 31, "green": 32, "yellow": 33, "cyan": 36}
_DIFF_STYLES = {"+": "green", "-": "red", "@": "cyan"}
_RUNNERS = ("GITHUB_ACTIONS", "TF_BUILD", "TEAMCITY_VERSION")  # set by those that obey lines of output
NOTHING_CHANGED = "Nothing changed."
USE_APPLY = "Use --apply to apply the changes."


def emit(text: str) -> None:
    """Print text of several lines; control and hidden characters become visible.

    Lines that contain names must use `emit_lines`, so that a line end in a name starts no new line.

    Raises:
        MemorydError: If it cannot be written.
    """
    _emit(_for_people(text))


def emit_lines(lines: Iterable[str]) -> None:
    """Print lines; names and excerpts begin none, and a terminal breaks them only between words."""
    emit("".join(f"{row}\n" for row in rows(lines)))


def rows(lines: Iterable[str]) -> list[str]:
    """Return lines as `emit_lines` breaks them."""
    most = columns()
    return [row for line in lines for row in hang(one_line(line), most, lambda part: width(plain(part)))]


def emit_report(text: str) -> None:
    """Print a report for machines, whose format has escaped what it quotes."""
    _emit(text)


def emit_bytes(content: bytes) -> None:
    """Print bytes as they are; on a terminal, control and hidden characters become visible."""
    _emit(content if not _is_terminal(sys.stdout) else _for_people(content.decode(errors="replace")))


def _emit(content: str | bytes) -> None:
    """Print to stdout; nothing more is printed once the reader has closed it, which is no error."""
    try:
        _write(content, sys.stdout)
    except BrokenPipeError:
        return
    except OSError as error:
        raise MemorydError(f"cannot write the output: {error.strerror}") from error


def emit_json(value: dict[str, object]) -> None:
    """Print one JSON object, with the version of its keys first."""
    _emit(json_text({"version": 1, **value}))


def emit_plan_json(plan: "Plan", operation: int | None, report: "CheckResult | None" = None) -> None:
    """Print a plan, its operation and its findings in the format of a check report."""
    from memoryd.domain.checks.results import report_of
    from memoryd.reporters.json import render

    found = report_of((), ()) if report is None else report
    emit_report(render(replace(found, plan=plan, operation=operation), os.getcwd()))


def emit_diff(diff: str) -> None:
    """Print a unified diff: coloured as git does on a terminal, byte for byte into a file."""
    if has_colour():
        emit("\n".join(map(_coloured, diff.split("\n"))))
    elif _is_file(sys.stdout):
        _emit(diff.encode(errors="surrogateescape"))
    else:
        emit(diff)


def _coloured(line: str) -> str:
    style = "bold" if line.startswith(("--- ", "+++ ")) else _DIFF_STYLES.get(line[:1])
    return styled(line, style) if style else line


def note(*lines: str) -> None:
    """Print lines for people on stderr, so that stdout stays data; broken between words on a terminal."""
    breaks = _is_terminal(sys.stderr)
    parts = (p for line in lines for p in (broken(line, "    ") if breaks and _MARK not in line else (line,)))
    with suppress(OSError):
        _write(_for_people("".join(f"{one_line(part)}\n" for part in parts)), sys.stderr)


def ask(question: str) -> bool:
    """Ask a person on the terminal; no answer means no."""
    return ask_line(f"{question} [y/N]").lower() in {"y", "yes"}


def ask_line(question: str) -> str:
    """Ask a person on the terminal, and return the answer; "" at the end of the input."""
    return answered(f"{question} ") or ""


def answered(question: str) -> str | None:
    """Ask a person on the terminal, and return the answer; None at the end of the input."""
    release()
    with suppress(OSError):
        _write(_for_people(one_line(question)), sys.stderr)
        release()
    line = sys.stdin.readline()
    return line.strip() if line else None


def confirmed(question: str) -> bool:
    """Ask on a terminal; elsewhere, and after a no, report that nothing changed."""
    if is_terminal() and ask(question):
        return True
    note(NOTHING_CHANGED if is_terminal() else f"{NOTHING_CHANGED} {USE_APPLY}")
    return False


def is_terminal() -> bool:
    """Return whether a person reads the output and can answer."""
    return _is_terminal(sys.stdin) and _is_terminal(sys.stdout)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _is_file(stream: TextIO | None) -> bool:
    try:
        return stream is not None and S_ISREG(os.fstat(stream.fileno()).st_mode)
    except OSError:  # it has no descriptor: a stream in memory
        return False


def _for_people(text: str) -> str:
    """Escape text for printing, and keep our own styles."""
    shown = _LINK.sub("\x1b]\\1\\\\", "\x1b[".join(map(visible, text.split(_MARK))))
    return without_commands(shown) if any(map(os.environ.get, _RUNNERS)) else shown


def _write(content: str | bytes, stream: TextIO | None) -> None:
    if stream is None:  # the parent process closed it
        raise OSError(0, "it is closed")
    try:
        raw = content.encode(errors="backslashreplace") if isinstance(content, str) else content
        if hold(raw, stream):
            return
        stream.flush()
        rest = memoryview(raw)
        while rest:  # an unbuffered stream may write only a part
            rest = rest[stream.buffer.write(rest) :]
        stream.buffer.flush()
    except OSError:
        # The interpreter flushes once more at exit, and would report an error
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise


def has_colour() -> bool:
    """Return whether stdout shows colours: as NO_COLOR or FORCE_COLOR says, else if it is a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _is_terminal(sys.stdout) and os.environ.get("TERM") != "dumb"


def can_redraw() -> bool:
    """Return whether stdout is a terminal on which the cursor can be moved."""
    return _is_terminal(sys.stdout) and os.environ.get("TERM") not in {None, "", "dumb"}


@contextmanager
def redrawn() -> Iterator[tuple[Callable[[Sequence[str]], None], Callable[[float], None]]]:
    """Open an alternate screen until Ctrl-C; yields functions that draw lines and pause for seconds.

    A pause ends early when the terminal is resized.
    """
    stop()
    receiver, sender = os.pipe()
    for descriptor in (receiver, sender):
        os.set_blocking(descriptor, False)

    def draw(lines: Sequence[str]) -> None:
        most = shutil.get_terminal_size().lines
        more = len(lines) - most + 1
        shown = [*lines[: most - 1], f"… {more} more lines"] if more > 1 else lines
        emit(f"{_MARK}H" + "\n".join(f"{one_line(line)}{_MARK}K" for line in shown) + f"{_MARK}J")

    def pause(seconds: float) -> None:
        if select.select([receiver], [], [], seconds)[0]:
            os.read(receiver, 4096)

    before = signal.signal(signal.SIGWINCH, lambda *_: None)
    wakened = signal.set_wakeup_fd(sender, warn_on_full_buffer=False)
    emit(f"{_MARK}?1049h{_MARK}?25l{_MARK}?7l")  # alternate screen, no cursor, no line wrapping
    try:
        with suppress(KeyboardInterrupt):
            yield draw, pause
    finally:
        signal.set_wakeup_fd(wakened)
        signal.signal(signal.SIGWINCH, before)
        for descriptor in (receiver, sender):
            os.close(descriptor)
        emit(f"{_MARK}?7h{_MARK}?25h{_MARK}?1049l")


def marks(style: str) -> tuple[str, str]:
    """Return what to print before and after styled text; empty if stdout shows no colours."""
    return (f"{_MARK}{_STYLES[style]}m", f"{_MARK}0m") if has_colour() else ("", "")


def styled(text: str, style: str) -> str:
    """Return text with a style if stdout shows colours."""
    before, after = marks(style)
    return before + text + after if text else ""


def linked(text: str, address: str) -> str:
    """Return text that leads to an address: printable ASCII."""
    return f"{_MARK}8;;{address}{_MARK}\\{text}{_MARK}8;;{_MARK}\\" if text else ""


def bar(used: float, cells: int) -> str:
    """Return a bar for a fraction of a limit; over the limit, the bar marks the cut."""
    if used > 1:
        loaded = max(min(round(cells / used), cells - 2), 1)
        return styled("█" * loaded, "red") + "┃" + styled("▒" * (cells - loaded - 1), "red")
    full = min(round(used * cells), cells)
    colour = "yellow" if used >= 0.8 else "green"  # noqa: PLR2004  # rule S002's threshold
    return styled("█" * full, colour) + styled("░" * (cells - full), "dim")


def columns() -> int:
    """Return the width of the terminal in cells; 0 if stdout is none."""
    return shutil.get_terminal_size().columns if _is_terminal(sys.stdout) else 0


def broken(text: str, indent: str) -> list[str]:
    """Break a text between words where the terminal is too narrow; elsewhere it is one line.

    Args:
        text: Without styles; control and hidden characters become visible.
        indent: What further lines begin with.
    """
    line, most = visible_line(text), columns()
    return wrap(line, max(most, 2 * len(indent) + 1), indent) if most else [line]


def plain(text: str) -> str:
    """Return a text without our own styles."""
    return _STYLE.sub("", text) if _MARK in text else text


def one_line(text: str) -> str:
    """Return a text as one line, with visible control characters and our own styles."""
    return _MARK.join(map(visible_line, text.split(_MARK))) if _MARK in text else visible_line(text)


def short(path: str) -> str:
    """Return a path for people: relative below the working directory, `~` for home."""
    return shortened(path, os.getcwd(), os.path.expanduser("~"))


def shortened(path: str, directory: str, home: str) -> str:
    """Return a path as `short` does in a working directory and for a home."""
    if is_within(path, directory):
        return path[len(directory.rstrip("/")) + 1 :] or "."
    return "~" + path[len(home) :] if path.startswith(home + "/") else path


def relative(path: str) -> str:
    """Return a path for programs: relative to the working directory."""
    return os.path.relpath(path).replace(os.sep, "/")
