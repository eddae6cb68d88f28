"""File paths that a link destination can mean."""

import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from memoryd.values import regex

if TYPE_CHECKING:
    from memoryd.domain.stores.surroundings import Listings

# At least two letters: `C:\x` is a path of another machine and not a scheme, but cannot be checked either.
_SCHEME = regex(r"[A-Za-z][A-Za-z0-9+.-]*:|//|[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)*:")

_PLAIN_NAME = regex(r"(?:\./)?[\w-][\w.#-]*", re.ASCII)

# A position in a file: `x.py:42`, `:42:7`, `:10-20`, `:L42`, or a name in it: `x.py::test_it`, `:main()`.
_LINES = r":L?\d+(?:C\d+)?(?:[-–—,:]L?\d+(?:C\d+)?)*"
_SYMBOL = r":{1,2}[A-Za-z_][\w.]*(?:\[[^\[\]]*\])?(?:\(\))?"
_POSITION = regex(rf"(?P<path>[^:\\]+?)(?:(?P<lines>{_LINES})|(?:{_SYMBOL})+)")
_LONGEST = 1_000  # characters of a path with a position
_EXTENSION = regex(r"[^/]\.[A-Za-z]\w{0,11}\Z")
_HOST = regex(r"[^/]*(?:@[^/]*|\.(?:com|org|net|io|dev|app|local|localhost|internal|edu|gov))\Z")


@lru_cache(16_384)  # every rule asks for them
def file_paths(destination: str) -> tuple[str, ...]:
    """Return the file paths that a link destination can mean, the likeliest first.

    Return none if it names no file of this machine: URLs, drive letters, anchors of the same document,
    an empty destination. Return several if `#`, `?`, `%`, a position (`x.py:42`) or a backslash may be
    part of the name.
    """
    if not destination or destination[0] in "#?":
        return ()
    bare = destination.partition("#")[0]
    spellings = [unquote(bare.partition("?")[0]), unquote(bare), bare, destination]
    if ":" in destination:
        spellings = [path for path in map(_without_position, spellings[:3]) if path] + spellings
        if _SCHEME.match(destination) and not _without_position(unquote(bare)):
            return ()
    elif destination.startswith("//"):
        return ()
    if "\\" in destination and not destination.startswith("\\\\"):  # as Windows writes paths
        spellings += [path.replace("\\", "/") for path in spellings]
    return tuple(dict.fromkeys(path for path in spellings if path and "\0" not in path))


def _without_position(path: str) -> str:
    """Return the file that a path with a position in it names; "" if it has none."""
    found = _POSITION.fullmatch(path) if len(path) < _LONGEST else None
    if not found or _HOST.match(found["path"]) or found["path"].startswith("//"):
        return ""
    is_file = _EXTENSION.search(found["path"]) or (found["lines"] and "/" in found["path"])
    return found["path"] if is_file else ""


def is_machine_path(path: str) -> bool:
    """Return whether a path is valid on one machine only: absolute, or below a home directory."""
    return path.startswith(("/", "~"))


def absolute(root: str, document: str, path: str) -> str:
    """Return the absolute, normalized form of a path in a document of the store at `root`."""
    if _PLAIN_NAME.fullmatch(path) and root != "/":  # most links need no normalization
        folder = document.rpartition("/")[0]
        name = path.removeprefix("./")
        return f"{root}/{folder}/{name}" if folder else f"{root}/{name}"
    return posixpath.normpath(posixpath.join(root, posixpath.dirname(document), path))


def exists(path: str, listings: "Listings") -> bool:
    """Return whether an absolute path exists, case-exact, by the listing of its directory."""
    parent, _, name = path.rpartition("/")
    return not name or name in (listings.get(parent or "/") or ())
