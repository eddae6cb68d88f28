"""Status line of Claude Code, read from the daemon's file.

It may be started as `python -I -S status_line.py FILE`, and imports nothing, since it is run after each turn.
"""

import posix
import sys
import time

NAME = "statusline"
"""Name of the file, beside the lock of the daemon: a project, a tab and its line, in each line."""

_SILENT = 180.0  # seconds after which the daemon counts as silent, as `SILENT_AFTER` of `domain.daemon.state`
_LARGEST = 4 * 1024 * 1024  # bytes
_CHUNK = 65536  # bytes
_FULL = 80  # per cent
_YELLOW, _PLAIN = "\x1b[33m", "\x1b[0m"


def main(path: str) -> None:
    """Print the line of the project that the input of the client names, or nothing.

    On a terminal, which has no such input, it is the project of the working directory.
    """
    event = b"" if posix.isatty(0) else _all_of(0)
    project = project_in(event) or posix.environ.get(b"CLAUDE_PROJECT_DIR") or posix.getcwdb()
    whole = read_line(path, project, time.time())
    line = fitting(whole, posix.environ.get(b"COLUMNS", b""))
    if line:
        has_colour = not posix.environ.get(b"NO_COLOR") and is_alarming(whole)
        posix.write(1, f"{_YELLOW}{line}{_PLAIN}\n".encode() if has_colour else f"{line}\n".encode())


def read_line(path: str, project: bytes, now: float) -> str:
    """Return the line of a project, or of the directory above it that has one; "" without one.

    Args:
        path: The daemon's file.
        project: The directory, as it is in JSON.
        now: The time, in seconds since the epoch.
    """
    try:
        descriptor = posix.open(path, posix.O_RDONLY | posix.O_CLOEXEC)
    except OSError:  # no daemon has run
        return ""
    try:
        age = now - posix.fstat(descriptor).st_mtime
        lines = dict(line.split(b"\t", 1) for line in _all_of(descriptor).split(b"\n") if b"\t" in line)
    finally:
        posix.close(descriptor)
    while project and project not in lines:
        project = project.rpartition(b"/")[0]
    if not project:
        return ""
    return "memory ?" if age > _SILENT else lines[project].decode(errors="replace")


def fitting(line: str, columns: bytes) -> str:
    """Return a line without its second part if that does not fit.

    Args:
        line: The line.
        columns: Width of the terminal in characters; anything that is no number for any width.
    """
    is_wide = not columns.isdigit() or len(line) <= int(columns)
    return line if is_wide else line.partition(" · ")[0]


def is_alarming(line: str) -> bool:
    """Return whether an index file is nearly full, or something is not loaded."""
    number = line.split(" ")[1]
    return "unseen" in line or (number.isdecimal() and int(number) >= _FULL)


def project_in(event: bytes) -> bytes:
    """Return the project directory that the input of the client names, as it is in JSON; b"" without one."""
    _, _, rest = event.partition(b'"project_dir"')
    begin = rest.find(b'"') + 1
    end = begin
    while 0 < begin <= end < len(rest) and rest[end : end + 1] != b'"':
        end += 1 + (rest[end : end + 1] == b"\\")
    is_text = rest[:begin].replace(b" ", b"") == b':"' and rest[end : end + 1] == b'"'
    return rest[begin:end] if is_text else b""


def _all_of(descriptor: int) -> bytes:
    chunks = []
    size = 0
    while size < _LARGEST and (chunk := posix.read(descriptor, _CHUNK)):
        chunks.append(chunk)
        size += len(chunk)
    return b"".join(chunks)


if __name__ == "__main__":
    try:
        main(sys.argv[1])
    except Exception:  # noqa: BLE001  # a line is not worth an error message
        sys.exit(0)
