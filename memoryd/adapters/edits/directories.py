"""Directories of restored files."""

import os

from memoryd.domain.edits.plan import FileChange


def make_directories(change: FileChange) -> None:
    """Create the directory of a new file, and its store; nothing outside the store.

    Raises:
        OSError: If it cannot be created.
    """
    os.makedirs(change.root, exist_ok=True)
    directory = os.path.dirname(change.path)
    existing = directory
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    real = os.path.realpath(change.root)
    if os.path.commonpath([real, os.path.realpath(existing)]) == real:  # else `refuse` reports it
        os.makedirs(directory, exist_ok=True)
