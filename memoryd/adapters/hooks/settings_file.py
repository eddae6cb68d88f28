"""A settings file of Claude Code, read and replaced."""

from pathlib import Path
from stat import S_IMODE

from memoryd import private
from memoryd.errors import MemorydError

_LARGEST = 1024 * 1024  # bytes
_MODE = 0o600  # of a new one


def read_settings(path: Path) -> str:
    """Return the text of a settings file; "" for a missing one.

    Raises:
        MemorydError: If it cannot be read, or is no text.
    """
    try:
        if path.is_file() and path.stat().st_size > _LARGEST:
            raise MemorydError(f"{path} is larger than {_LARGEST // 1024} KiB", "add the hooks by hand")
        return path.read_bytes().decode()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise MemorydError(f"cannot read {path}: {reason}") from error


def write_settings(path: Path, before: str, after: str) -> None:
    """Replace a settings file in one step; its permissions stay.

    Args:
        path: The file.
        before: The text that the change was made for.
        after: The new text; "" removes the file.

    Raises:
        MemorydError: If it changed meanwhile, or cannot be written.
    """
    if read_settings(path) != before:
        raise MemorydError(f"{path} changed meanwhile, so it was not changed", "run the command again")
    try:
        if not after:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        mode = S_IMODE(path.stat().st_mode) if path.exists() else _MODE
        private.replace_file(path, after.encode(), mode)
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}", "make its directory writable") from error
