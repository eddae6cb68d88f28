"""Stores and files by names that every machine knows."""

import re
from hashlib import sha1
from typing import NamedTuple

from memoryd.domain.merging.merge import merge_file
from memoryd.values import regex

_MEMORY = "memory"  # the directory between the name of a store and its files
_SCHEME = regex(r"^[a-z][a-z0-9+.-]*://(?:[^/@]*@)?", re.IGNORECASE)
_SCP = regex(r"^(?:[^/@:]+@)?([^/:]+):(?!/)")
_PORT = regex(r"^([^/]+):\d+(?=/)")
_ESCAPE = regex(r"%([0-9A-F]{2})")


class MergedContent(NamedTuple):
    """The content of a file after a merge, and how often a person may want to look at it."""

    content: bytes | None
    doubts: int = 0


def identity_of_address(address: str) -> str:
    """Return what the addresses of one repository have in common: host and path; "" for a local path.

    Neither the protocol nor the user matters: `git@host:a/b.git` and `https://host/a/b` are the same one.
    """
    is_url = bool(_SCHEME.match(address)) and not address.lower().startswith("file:")
    if not is_url and not _SCP.match(address):
        return ""
    plain = _PORT.sub(r"\1", _SCHEME.sub("", address)) if is_url else _SCP.sub(r"\1/", address)
    host, _, path = plain.partition("/")
    path = path.strip("/").removesuffix(".git").strip("/")
    return f"{host.lower()}/{path}" if host and path else ""


def tree_path(key: str, path: str) -> str:
    """Return the path of a store's file in the repository between machines.

    Args:
        key: The store's name, which is the same on every machine.
        path: Relative to the store.
    """
    names = [_quoted(name) for name in key.split("/")]
    names = [f"%6D{name[1:]}" if name == _MEMORY else name for name in names]
    return "/".join([*names, _MEMORY, *(_quoted(name) for name in path.split("/"))])


def split_tree_path(path: str) -> tuple[str, str] | None:
    """Return the store's name and the file of a path in the repository; None for any other path."""
    key, separator, rest = path.partition(f"/{_MEMORY}/")
    names = [_unquoted(name) for name in (*key.split("/"), *rest.split("/"))]
    if not separator or any(name in {"", ".", ".."} or "/" in name or "\0" in name for name in names):
        return None
    count = key.count("/") + 1
    return "/".join(names[:count]), "/".join(names[count:])


def _quoted(name: str) -> str:
    """Return a name that git takes and that begins with no dot."""
    safe = "".join(char if char.isprintable() and char not in '%"\\' else _escaped(char) for char in name)
    is_odd = safe[:1] == "." or safe[:4].lower() == "git~"
    return _escaped(safe[0]) + safe[1:] if is_odd else safe


def _escaped(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode(errors="surrogateescape"))


def _unquoted(name: str) -> str:
    plain = b"".join(
        bytes([int(part, 16)]) if number % 2 else part.encode(errors="surrogateescape")
        for number, part in enumerate(_ESCAPE.split(name))
    )
    return plain.decode(errors="surrogateescape")


def blob_id(content: bytes) -> str:
    """Return the id that git gives to a content."""
    return sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


def merge(base: bytes | None, here: bytes | None, there: bytes | None) -> MergedContent:
    """Merge a file that was changed on this machine and on another one.

    What one of them deleted and the other changed stays. Of two versions that are not text, the other
    machine's stays: the history of this one has its own.

    Args:
        base: The file after the last exchange; None if it was missing or is not known any more.
        here: The file now.
        there: The file as other machines have it.
    """
    if here is None or there is None:
        return MergedContent(here or there)
    if not all(map(_is_text, (base or b"", here, there))):
        return MergedContent(there)
    merged = merge_file(base or b"", there, here)
    return MergedContent(merged.content, len(merged.doubts) + len(merged.keys))


def _is_text(content: bytes) -> bool:
    try:
        return b"\0" not in content and content.decode() is not None
    except UnicodeDecodeError:
        return False
