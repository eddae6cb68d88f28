"""File with the wish for a page that stays open."""

import json
from pathlib import Path

from memoryd import private
from memoryd.domain.report.watch import ReportWish
from memoryd.errors import MemorydError

_LONGEST = 4096  # bytes


def read_wish(path: Path) -> ReportWish | None:
    """Return what page is wanted; None for none, or if the file cannot be read."""
    try:
        with open(path, "rb") as file:
            value = json.loads(file.read(_LONGEST))
        return ReportWish(str(value["since"]), is_redacted=bool(value["redact"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def write_wish(path: Path, wish: ReportWish | None) -> None:
    """Keep what page is wanted, or that none is.

    Raises:
        MemorydError: If it cannot be written.
    """
    try:
        if wish is None:
            path.unlink(missing_ok=True)
        else:
            text = json.dumps({"since": wish.since, "redact": wish.is_redacted})
            private.write_file(path, text.encode())
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}", "make it writable") from error
