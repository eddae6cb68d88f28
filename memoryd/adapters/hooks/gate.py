"""The script that the hooks of Claude Code call."""

import os
import shlex
import sys
from importlib import resources
from pathlib import Path

from memoryd import private
from memoryd.errors import MemorydError

_TEMPLATE = "gate.sh"


def gate(socket: Path, roots: Path, waiting: Path) -> bytes:
    """Return the text of the script.

    Args:
        socket: Socket of the daemon.
        roots: List of stores that are not known as memory by their paths.
        waiting: Directory for events that the daemon did not get.
    """
    package = resources.files("memoryd.adapters.hooks")
    text = package.joinpath(_TEMPLATE).read_text(encoding="utf-8")
    paths = {
        "python": sys.executable,
        "forward": str(package.joinpath("forward.py")),
        "socket": str(socket),
        "roots": str(roots),
        "waiting": str(waiting),
    }
    for name, path in paths.items():
        text = text.replace(f"@{name}@", shlex.quote(path))
    return os.fsencode(text)


def write_gate(path: Path, *, socket: Path, roots: Path, waiting: Path) -> None:
    """Write the script, unless it is there already; see `gate`.

    Raises:
        MemorydError: If it cannot be written.
    """
    content = gate(socket, roots, waiting)
    try:
        if path.is_file() and path.read_bytes() == content:
            return
        private.write_file(path, content)
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}", "make its directory writable") from error
