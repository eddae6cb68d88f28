"""File paths that a link destination can mean."""

import posixpath
import re
from functools import lru_cache
from urllib.parse import unquote

from memoryd.domain.stores.surroundings import Listings

# Two letters at least: `C:\x` is a path of another machine, not a scheme, and no more checkable.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")


_PLAIN_NAME = re.compile(r"(?:\./)?[\w-][\w.#-]*", re.ASCII)


@lru_cache(16_384)  # each rule asks again
def file_paths(destination: str) -> tuple[str, ...]:
    """The file paths a link destination can mean, the likeliest first.

    Empty for what names no file of this machine's tree: URLs, drive letters, anchors of the same
    document, nothing at all. Several where `#`, `?` or `%` may belong to the name.
    """
    if not destination or destination[0] in "#?" or _SCHEME.match(destination):
        return ()
    bare = destination.partition("#")[0]
    spellings = (unquote(bare.partition("?")[0]), unquote(bare), bare, destination)
    return tuple(dict.fromkeys(path for path in spellings if path and "\0" not in path))


def is_machine_path(path: str) -> bool:
    """Whether a path means a place on one machine: absolute or below a home directory."""
    return path.startswith(("/", "~"))


def absolute(root: str, document: str, path: str) -> str:
    """The absolute, normalised form of a path that stands in a document of the store at `root`."""
    if _PLAIN_NAME.fullmatch(path) and root != "/":  # most links: nothing to be normalised
        folder = document.rpartition("/")[0]
        name = path.removeprefix("./")
        return f"{root}/{folder}/{name}" if folder else f"{root}/{name}"
    return posixpath.normpath(posixpath.join(root, posixpath.dirname(document), path))


def exists(path: str, listings: Listings) -> bool:
    """Whether an absolute path exists, letter by letter, by the listing of its directory."""
    parent, _, name = path.rpartition("/")
    return not name or name in (listings.get(parent or "/") or ())
