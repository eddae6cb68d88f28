"""Topic files that instructions name by path."""

import posixpath
from collections.abc import Iterable, Mapping

from memoryd.values import regex

_PATH = regex(r"(?:~/|\.{0,2}/)?[\w@.+-]+(?:/[\w@.+<>{}*-]+)*/?")
_DISTINCT = regex(r"[-_\d]")  # a plain word with `.md` may be any file of that name
_MARK = regex(r"[/.]")
_DEEPEST = 30  # folders of a path that are compared
_SLOT = regex(r"[<>{}*]")


def named(paths: Iterable[str], root: str, texts: Mapping[str, str]) -> frozenset[str]:
    """Return the files of a store that instructions name: by path, by folder, or by a distinct name.

    A folder counts if it is below the store, and a bare name such as `watched.md` if the same file names
    the store as well.

    Args:
        paths: Paths of the files, relative to the store.
        root: Absolute path of the store.
        texts: Texts of the instructions, by absolute path.
    """
    wanted = tuple(paths)
    holder = posixpath.basename(root)
    found: set[str] = set()
    for text in texts.values() if wanted else ():
        words = {word.removeprefix("./").rstrip(".") for word in _PATH.findall(text) if _MARK.search(word)}
        tails = {tail for word in words for tail in _tails(word)}
        is_about_store = any(f"{holder}/" in word for word in words)
        found |= {path for path in wanted if _is_named(path, holder, tails, is_about_store=is_about_store)}
    return frozenset(found)


def _is_named(path: str, holder: str, tails: set[str], *, is_about_store: bool) -> bool:
    name = path.rpartition("/")[2]
    if f"{holder}/{path}" in tails or ("/" in path and path in tails):
        return True
    folder = path
    while folder := folder.rpartition("/")[0]:
        if f"{holder}/{folder}/" in tails or ("/" in folder and f"{folder}/" in tails):
            return True
    return name in tails and (is_about_store or bool(_DISTINCT.search(name.removesuffix(".md"))))


def _tails(word: str) -> Iterable[str]:
    """Yield a path without its first folders, down to its name; a slot in it stands for all of its folder."""
    slot = _SLOT.search(word)
    if slot:
        word = word[: word.rfind("/", 0, slot.start()) + 1]
    end = "/" if word.endswith("/") else ""
    parts = word.removesuffix("/").rsplit("/", _DEEPEST)
    for first in range(len(parts)):
        yield "/".join(parts[first:]) + end
