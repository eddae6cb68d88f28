"""Files of one store, listed and read."""

import errno
import os
import stat
import time
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field
from functools import lru_cache, partial

from memoryd import beneath
from memoryd.adapters.stores.files import UnreadableError, list_names, read, read_open
from memoryd.domain.markdown import frontmatter
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.stores.listing import Signature
from memoryd.domain.stores.snapshot import Snapshot, UnreadFile
from memoryd.domain.stores.store import CONTAINERS, Store, agent_store
from memoryd.values import dataclass

MOST_FILES = 100_000  # of one store
_KIND = 0o170000  # bits of a mode that say what it is the mode of
_MOST_NULS = 1000  # of one file of text
OpenDirectory = Callable[[str, str], int]
"""Opens a directory, by path, that must not leave another one; returns its descriptor."""

ESCAPES = "is a symbolic link that leads out of its repository, and is not followed"


@dataclass(slots=True)
class Scan:
    """The `stat` results of the Markdown files of a store, by relative path.

    Attributes:
        files: Those that can be read.
        unread: Those that cannot.
        began: The time of its start, in seconds since the epoch.
    """

    files: dict[str, Signature] = field(default_factory=dict)
    unread: list[UnreadFile] = field(default_factory=list)
    began: float = field(default_factory=time.time)
    _modes: dict[str, int] = field(default_factory=dict)

    def mode(self, path: str) -> int:
        """Return the permission bits of a file."""
        return stat.S_IMODE(self._modes[path])

    def take(self, path: str, entry: os.DirEntry[str], store: Store) -> None:
        """Add an entry of a directory, whatever it is."""
        is_link = False
        try:
            status = entry.stat(follow_symlinks=False)
            mode = status.st_mode
            if mode & _KIND != stat.S_IFREG and stat.S_ISLNK(mode):
                is_link = True
                status = _behind_link(store, path)
                mode = status.st_mode
            if not path.isascii():
                path.encode()
        except UnicodeEncodeError:
            self.unread.append(UnreadFile(_shown(path), "its name is not UTF-8"))
        except beneath.OutsideError:
            self.unread.append(UnreadFile(path, ESCAPES, escapes=True))
        except OSError as error:
            if is_link or error.errno != errno.ENOENT:  # deleted meanwhile: as if it had never existed
                self.unread.append(UnreadFile(path, f"cannot be read: {error.strerror}"))
        else:
            if mode & _KIND == stat.S_IFREG:
                self.files[path] = _signature(
                    (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                )
                self._modes[path] = mode
            else:
                self.unread.append(UnreadFile(path, "is not a regular file"))


def _behind_link(store: Store, path: str) -> os.stat_result:
    """Return the `stat` result of the target of a link."""
    return os.stat(beneath.resolve(f"{store.root}/{path}", store.bound), follow_symlinks=False)


_signature = partial(tuple.__new__, Signature)  # ten thousand times, in half the time of its own constructor


def scan(store: Store, open_directory: OpenDirectory = beneath.open_directory) -> Scan:
    """List the Markdown files of a store, none of them opened.

    Hidden files and directories, what the profile calls private, and directories behind links are
    left out.

    Args:
        store: The store.
        open_directory: Opens its directory within its bound.

    Raises:
        UnreadableError: If the store's directory cannot be listed.
    """
    found = Scan()
    try:
        root = open_directory(store.root, store.bound)
        try:
            _scan(store, root, found)
        finally:
            os.close(root)
    except OSError as error:
        raise UnreadableError(f"cannot list {store.root}: {error.strerror}") from error
    files = found.files
    found.files = {path: files[path] for path in sorted(files)}
    return found


def _scan(store: Store, root: int, found: Scan) -> None:
    pending = _list_files(store, root, "", found)
    while pending and len(found.files) <= MOST_FILES:
        directory = pending.pop()
        try:
            descriptor = beneath.open_plain(directory, root, is_directory=True)
            try:
                pending += _list_files(store, descriptor, directory, found)
            finally:
                os.close(descriptor)
        except OSError as error:
            if error.errno != errno.ENOENT:  # else deleted meanwhile: as if it had never existed
                found.unread.append(UnreadFile(_shown(directory), f"cannot be listed: {error.strerror}"))
    if len(found.files) > MOST_FILES:
        found.unread.append(UnreadFile("", f"it has more than {MOST_FILES:,} files: the others are not read"))


def _list_files(store: Store, descriptor: int, directory: str, found: Scan) -> list[str]:
    """Take the files of one open directory, and return the directories in it."""
    private, owns, enters = store.profile.private_dirs, store.profile.owns, store.profile.enters
    inner: list[str] = []
    with os.scandir(descriptor) as entries:
        for entry in entries:
            name = entry.name
            if name[0] == ".":
                continue
            path = directory + name
            if entry.is_dir(follow_symlinks=False):
                inner += [path + "/"] * (path not in private and enters(path + "/"))
            elif owns(path):
                found.take(path, entry, store)
    if inner and directory.count("/") >= beneath.MOST_DEPTH:
        reason = f"is more than {beneath.MOST_DEPTH} directories deep, and is not read"
        found.unread += [UnreadFile(_shown(each), reason) for each in inner]
        return []
    return inner


def is_as(store: Store, path: str, found: Scan) -> bool:
    """Return whether a file of a store is unchanged since a scan."""
    try:
        status = os.stat(os.path.join(store.root, path))
    except OSError:
        return False
    signature = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return found.files.get(path) == signature


def _shown(path: str) -> str:
    return os.fsencode(path).decode(errors="backslashreplace")


def load(
    store: Store, paths: Iterable[str], open_directory: OpenDirectory = beneath.open_directory
) -> tuple[list[Document], list[UnreadFile]]:
    """Read and parse files of a store; return those that cannot be read with the reason.

    A file that was deleted meanwhile is skipped. See `scan` for `open_directory`.
    """
    documents: list[Document] = []
    unread: list[UnreadFile] = []
    wanted = list(paths)
    if not wanted:
        return documents, unread
    try:
        root = open_directory(store.root, store.bound)
        try:
            for path in wanted:
                try:
                    documents.append(parse(path, _text(store, root, path)))
                except UnreadableError as error:
                    unread += _unread(path, error)
        finally:
            os.close(root)
    except OSError as error:  # the directory itself
        reason = f"cannot read {store.root}: {error.strerror}"
        unread = [] if error.errno == errno.ENOENT else [UnreadFile(path, reason) for path in wanted]
    return documents, unread


def _text(store: Store, root: int, path: str) -> bytes:
    """Read a file of an open store, unless it is binary: no text has so many NULs, except in UTF-16."""
    raw = _read_below(store, root, path)
    if raw.count(b"\0") > _MOST_NULS and not raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        raise UnreadableError(f"cannot read {store.root}/{path}: it is binary, not text")
    return raw


def _read_below(store: Store, root: int, path: str) -> bytes:
    """Read a file of an open store; a link is followed if it stays in its bound."""
    place = f"{store.root}/{path}"
    try:
        descriptor = beneath.open_plain(path, root)
    except OSError as error:
        if error.errno in {errno.ELOOP, errno.ENOTDIR}:
            return read(place, store.bound)
        raise UnreadableError(f"cannot read {place}: {error.strerror}") from error
    return read_open(descriptor, place)


def _unread(path: str, error: UnreadableError) -> list[UnreadFile]:
    """Return why a file was not read; nothing for one deleted since it was listed."""
    if isinstance(error.__cause__, FileNotFoundError):
        return []
    if isinstance(error.__cause__, beneath.OutsideError):
        return [UnreadFile(path, ESCAPES, escapes=True)]
    return [UnreadFile(path, error.message)]


def snapshot(store: Store) -> Snapshot:
    """Read a whole store.

    Raises:
        UnreadableError: If the store's directory cannot be listed.
    """
    found = scan(store)
    documents, unread = load(store, found.files)
    return Snapshot(
        store=store,
        documents={document.path: document for document in documents},
        unread=(*found.unread, *unread),
    )


def siblings(store: Store, known: dict[str, Mapping[str, str]] | None = None) -> dict[str, str]:
    """Return the `name` of every topic file of sibling stores, by absolute path; "" if it has none.

    Siblings of an agent's store are those of the other agents in the same place, local ones included.

    Args:
        store: The store.
        known: The same for single stores, by root; those that are read are added.
    """
    container, _, _ = store.root.rpartition("/")
    holder, _, kind = container.rpartition("/")
    if kind not in CONTAINERS:
        return {}
    known = {} if known is None else known
    names: dict[str, str] = {}
    territory = beneath.Territory(holder, store.bound)
    containers = (each for each in sorted(CONTAINERS) if territory.covers(f"{holder}/{each}/"))
    for each in containers:
        for agent in sorted(list_names(f"{holder}/{each}", {}, holder) or ()):
            root = f"{holder}/{each}/{agent}"
            if root == store.root or agent.startswith("."):
                continue
            if root not in known:
                beside = agent_store(root, user=False, within=store.bound)
                inside = territory.covers(f"{root}/")
                known[root] = dict(_topic_names(beside)) if inside and os.path.isdir(root) else {}
            names.update(known[root])
    return names


def _topic_names(store: Store) -> Iterator[tuple[str, str]]:
    try:
        found = scan(store).files
    except UnreadableError:
        return
    for path, signature in found.items():
        if path != store.profile.index_name:
            yield f"{store.root}/{path}", _topic_name(f"{store.root}/{path}", store.bound, signature)


@lru_cache(maxsize=20_000)  # each store asks for the same siblings
def _topic_name(path: str, within: str, _signature: Signature) -> str:
    try:
        front_matter = frontmatter.read(read(path, within).decode(errors="replace").encode())
    except UnreadableError:
        return ""
    return front_matter.fields.get("name", "") if front_matter else ""
