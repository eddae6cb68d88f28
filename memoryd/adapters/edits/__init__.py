"""Writes of memory files: every change goes through `write`."""

from memoryd.adapters.edits.directories import make_directories
from memoryd.adapters.edits.directory import is_beside
from memoryd.adapters.edits.exchange import has_writer
from memoryd.adapters.edits.refusal import MOST_BYTES, refuse
from memoryd.adapters.edits.writer import (
    DisplacedFile,
    UnwrittenError,
    check,
    drop_second_names,
    hurry,
    leftovers,
    write,
)

__all__ = [
    "MOST_BYTES",
    "DisplacedFile",
    "UnwrittenError",
    "check",
    "drop_second_names",
    "has_writer",
    "hurry",
    "is_beside",
    "leftovers",
    "make_directories",
    "refuse",
    "write",
]
