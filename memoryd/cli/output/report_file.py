"""Output files, such as reports."""

import os
from contextlib import suppress
from pathlib import Path
from stat import S_IMODE, S_ISLNK, S_ISREG

from memoryd.errors import MemorydError

_DEVICES = ("/dev/", "/proc/")
_PRIVATE = 0o600


def replace_file(path: Path, text: str, *, is_private: bool = False) -> None:
    """Write a file atomically, replacing a file or link of that name.

    A repository may contain a link of this name to any file of the user: it is replaced, never
    written through. A device or a pipe, such as /dev/stdout, is written to.

    Args:
        path: The file.
        text: Its new content.
        is_private: Only the owner can read a new file.

    Raises:
        MemorydError: If it cannot be written, or a parent directory is a link out of its repository.
    """
    content = text.encode(errors="backslashreplace")
    target = os.path.abspath(path)
    try:
        present = os.lstat(target) if os.path.lexists(target) else None
        if target.startswith(_DEVICES) or not (present is None or _is_replaceable(present.st_mode)):
            with open(target, "wb", opener=_open_without_waiting) as file:
                os.set_blocking(file.fileno(), True)  # positional-only
                file.write(content)
            return
        _demand_inside(path, os.path.dirname(target))
        mode = S_IMODE(present.st_mode) if present and S_ISREG(present.st_mode) else None
        if mode is None and is_private:
            mode = _PRIVATE
        _swap(target, content, mode)
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}") from error


def _open_without_waiting(path: str, flags: int) -> int:
    """Open a file; a pipe that nothing reads is an error instead of an endless wait."""
    return os.open(path, flags | os.O_NONBLOCK)


def _is_replaceable(mode: int) -> bool:
    return S_ISREG(mode) or S_ISLNK(mode)


def _swap(path: str, content: bytes, mode: int | None) -> None:
    """Replace a file atomically, with the given mode or the default one."""
    directory = os.path.dirname(path)
    if not os.access(directory, os.W_OK) and os.path.isdir(directory):
        raise MemorydError(
            f"cannot write {path}: its directory is not writable",
            "a new file is written beside the old one and renamed",
        )
    temporary = os.path.join(directory, f".memoryd-{os.urandom(6).hex()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o666)
        with open(descriptor, "wb") as file:
            if mode is not None:
                os.fchmod(descriptor, mode)
            file.write(content)
        os.replace(temporary, path)
    except OSError:
        with suppress(OSError):
            os.unlink(temporary)
        raise


def _demand_inside(path: Path, directory: str) -> None:
    """Refuse a directory that is reached by a link out of a repository.

    Raises:
        MemorydError: If there is such a link; it names the link.
    """
    link = directory
    while link != os.path.dirname(link):
        if os.path.islink(link):
            repository = _repository(os.path.realpath(os.path.dirname(link)))
            target = os.path.realpath(link)
            if repository and not f"{target}/".startswith(f"{repository}/"):
                raise MemorydError(
                    f"cannot write {path}: {link} is a link out of the repository {repository}",
                    f"name the real directory: {target}",
                )
        link = os.path.dirname(link)


def _repository(directory: str) -> str | None:
    """Return the git working tree around a directory."""
    while not os.path.lexists(os.path.join(directory, ".git")):
        parent = os.path.dirname(directory)
        if parent == directory:
            return None
        directory = parent
    return directory
