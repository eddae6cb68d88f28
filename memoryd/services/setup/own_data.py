"""memoryd's own files, found and removed."""

import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from memoryd.config.locations import Locations
from memoryd.errors import MemorydError

_EXACT = (
    "config",
    "sync",
    "trusted",
    "log",
    "report",
    "watched",
    "urls",
    "facts",
    "gate",
    "waiting",
    "socket",
    "roots",
)  # beside these, other programs may have left copies
_WITH_COMPANIONS = ("history", "usage", "index", "lock", "status", "statusline", "prompt")
_SAMPLE = "sample"


def own_data(locations: Locations) -> tuple[Path, ...]:
    """Return the files of memoryd that exist, and its sample directory; never a memory file.

    Files are known by their names, since a variable may put them into a directory that has others.
    """
    found = {getattr(locations, name) for name in _EXACT}
    for name in _WITH_COMPANIONS:
        found |= set(_companions(getattr(locations, name)))
    found.add(locations.index.parent / _SAMPLE)
    return tuple(sorted(path for path in found if os.path.lexists(path) and path.suffix != ".md"))


def _companions(path: Path) -> Iterator[Path]:
    """Yield a file and those that memoryd or SQLite puts beside it: `history.db-wal`, `history.db.backup`."""
    with suppress(OSError):
        for entry in os.scandir(path.parent):
            beside = entry.name.startswith((f"{path.name}-", f"{path.name}.", f".{path.name}."))
            if entry.name == path.name or (beside and entry.is_file(follow_symlinks=False)):
                yield Path(entry.path)


def size_of(path: Path) -> int:
    """Return the bytes of a file, or of all files below a directory."""
    if path.is_dir() and not path.is_symlink():
        return sum(size_of(each) for each in path.iterdir())
    return path.lstat().st_size


def remove_own_data(paths: tuple[Path, ...]) -> None:
    """Remove files and directories, and the directories called memoryd that are empty then.

    Raises:
        MemorydError: If one cannot be removed.
    """
    try:
        for path in paths:
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            else:
                path.unlink(missing_ok=True)
    except OSError as error:
        raise MemorydError(
            f"cannot remove {error.filename}: {error.strerror}", "remove it by hand"
        ) from error
    for directory in {path.parent for path in paths if path.parent.name == "memoryd"}:
        with suppress(OSError):  # something else is in it
            directory.rmdir()
