"""Directories that files are to come back to."""

import os

from memoryd.domain.edits.plan import FileChange


def make_directories(change: FileChange) -> None:
    """Make the directory of a file that is to be created, and its store; nothing outside of the store.

    Raises:
        OSError: If it cannot be made.
    """
    os.makedirs(change.root, exist_ok=True)
    directory = os.path.dirname(change.path)
    existing = directory
    while not os.path.lexists(existing):
        existing = os.path.dirname(existing)
    real = os.path.realpath(change.root)
    if os.path.commonpath([real, os.path.realpath(existing)]) == real:  # else `refuse` says so
        os.makedirs(directory, exist_ok=True)
