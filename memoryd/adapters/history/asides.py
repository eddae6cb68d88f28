"""Files for a person to read, beside the history."""

import os
from pathlib import Path

from memoryd import private
from memoryd.errors import MemorydError


def set_aside(history: Path, name: str, content: bytes) -> Path:
    """Write a file beside the database, readable only by its owner; return its path.

    Args:
        history: Path of the database.
        name: Name of the file; an old one is replaced.
        content: Its content.

    Raises:
        MemorydError: If it cannot be written.
    """
    path = history.parent / "conflicts" / name
    try:
        private.make_directory(path.parent)
        path.unlink(missing_ok=True)
        with open(private.open_file(path, os.O_WRONLY | os.O_EXCL), "wb") as file:
            file.write(content)
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}") from error
    return path
