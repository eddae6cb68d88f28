"""The merge of one file that git asks for."""

import os
from collections.abc import Iterable
from pathlib import Path

from memoryd import private
from memoryd.domain.merging.merge import MergedFile, merge_file
from memoryd.errors import MemorydError

_MOST_BYTES = 8 * 1024 * 1024  # of one version


def drive(base: Path, ours: Path, theirs: Path, *, name: str, strict: bool) -> MergedFile:
    """Merge three files, and write the result to ours.

    Args:
        base: The common ancestor, which is empty where there is none.
        ours: Our version; the only file that is written.
        theirs: The other version.
        name: How to call the file in an error.
        strict: Mark what both sides edited differently as a conflict.

    Raises:
        MemorydError: If a version cannot be read, is not text or too large; our version stays as it is.
    """
    contents = [_read(path) for path in (base, ours, theirs)]
    demand_text(contents, name)
    merged = merge_file(*contents, strict=strict)
    try:
        if merged.content != contents[1]:
            private.replace_file(ours, merged.content, ours.stat().st_mode & 0o7777)
    except OSError as error:
        raise MemorydError(f"cannot write {ours}: {error.strerror}", "make its directory writable") from error
    return merged


def demand_text(versions: Iterable[bytes], name: str) -> None:
    """Check that versions of a file can be merged.

    Raises:
        MemorydError: If one of them is not UTF-8, or is binary.
    """
    for content in versions:
        try:
            is_text = b"\0" not in content and content.decode() is not None
        except UnicodeDecodeError:
            is_text = False
        if not is_text:
            raise MemorydError(
                f"{name} is not merged: a version of it is not UTF-8 text", "choose one version by hand"
            )


def _read(path: Path) -> bytes:
    try:
        if os.stat(path).st_size > _MOST_BYTES:
            raise MemorydError(
                f"{path} is not merged: it is larger than {_MOST_BYTES // 2**20} MiB", "merge it by hand"
            )
        return path.read_bytes()
    except OSError as error:
        raise MemorydError(f"cannot read {path}: {error.strerror}", "git names three files") from error
