"""The merge driver in a repository's configuration and attributes."""

import os
from collections.abc import Iterable
from pathlib import Path

from memoryd import private
from memoryd.adapters.git.configuration import set_values, unset_section
from memoryd.domain.stores.store import Store
from memoryd.errors import MemorydError
from memoryd.values import dataclass

_SECTION = "merge.memoryd"
_SUFFIX = " merge=memoryd"
_USUAL = ".claude/agent-memory"


@dataclass(frozen=True, slots=True)
class DriverChange:
    """Change of an attributes file.

    Attributes:
        attributes: The attributes file.
        patterns: Patterns that were added to it, or removed from it.
    """

    attributes: Path
    patterns: tuple[str, ...]


def install(top: str, stores: Iterable[Store]) -> DriverChange:
    """Make git merge a repository's memory with memoryd; doing so again changes nothing.

    Args:
        top: Real path of the working tree.
        stores: The stores in it.

    Raises:
        MemorydError: If a file cannot be written.
    """
    set_values(top, {
        f"{_SECTION}.name": "memory of agents, by entry",
        f"{_SECTION}.driver": "memoryd merge-driver %O %A %B %P",
    })  # fmt: skip
    path = Path(top, ".gitattributes")
    lines = _read(path).split("\n")
    added = [pattern for pattern in _patterns(top, stores) if f"{pattern}{_SUFFIX}" not in lines]
    if added:
        text = "\n".join(lines).rstrip("\n")
        new = "\n".join(f"{pattern}{_SUFFIX}" for pattern in added)
        _write(path, f"{text}\n{new}\n".lstrip("\n"))
    return DriverChange(path, tuple(added))


def uninstall(top: str) -> DriverChange:
    """Remove what `install` wrote; nothing else.

    Raises:
        MemorydError: If a file cannot be written.
    """
    unset_section(top, _SECTION)
    path = Path(top, ".gitattributes")
    lines = _read(path).split("\n")
    removed = [line.removesuffix(_SUFFIX) for line in lines if line.endswith(_SUFFIX)]
    if removed:
        rest = "\n".join(line for line in lines if not line.endswith(_SUFFIX))
        _write(path, rest) if rest.strip() else path.unlink()
    return DriverChange(path, tuple(removed))


def _patterns(top: str, stores: Iterable[Store]) -> list[str]:
    """Return patterns for the Markdown files of stores, one for all stores beside each other."""
    found = {_USUAL}
    for store in stores:
        where = os.path.relpath(os.path.realpath(store.root), top)
        if not where.startswith(".."):
            found.add(_USUAL if where.startswith(f"{_USUAL}/") else where)
    return [_quoted(f"/{where}/**/*.md" if where != "." else "/**/*.md") for where in sorted(found)]


def _quoted(pattern: str) -> str:
    """Return a pattern of git's attributes; one with unusual characters in quotes."""
    if pattern.isascii() and pattern.isprintable() and not set(pattern) & set(' "\\[?'):
        return pattern
    plain = "".join(f"\\{char}" if char in "\\[?" else char for char in pattern)
    characters = os.fsencode(plain).decode("latin-1")
    safe = (
        char if char.isascii() and char.isprintable() and char not in '"\\' else f"\\{ord(char):03o}"
        for char in characters
    )
    return '"' + "".join(safe) + '"'


def _read(path: Path) -> str:
    try:
        if path.is_symlink():
            raise MemorydError(f"{path} is a link, and is not written", "replace it by a file")
        return path.read_text(encoding="utf-8", errors="surrogateescape")
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise MemorydError(f"cannot read {path}: {error.strerror}", "make it readable") from error


def _write(path: Path, text: str) -> None:
    try:
        mode = path.stat().st_mode & 0o7777 if path.exists() else None
        private.replace_file(path, text.encode(errors="surrogateescape"), mode)
    except OSError as error:
        raise MemorydError(f"cannot write {path}: {error.strerror}", "make it writable") from error
