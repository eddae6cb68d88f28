"""Reading stores from the file system."""

import errno
import os
import stat
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial

from memoryd.domain.links.destinations import absolute, file_paths
from memoryd.domain.markdown import frontmatter
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.stores.listing import Signature
from memoryd.domain.stores.snapshot import Snapshot, Unread
from memoryd.domain.stores.store import CONTAINERS, Store, agent_store
from memoryd.errors import MemorydError

MOST_BYTES = 8 * 1024 * 1024  # of one file; the largest whole store seen in the wild has 5.5 MB


class UnreadableError(MemorydError):
    """One file cannot be read; the others can."""


@dataclass(slots=True)
class Scan:
    """What `stat` says of the Markdown files of a store, by relative path.

    Attributes:
        files: Those that can be read.
        unread: Those that cannot.
        began: When it was begun to look, in seconds since the epoch.
    """

    files: dict[str, Signature] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)
    began: float = field(default_factory=time.time)
    _modes: dict[str, int] = field(default_factory=dict)

    def mode(self, path: str) -> int:
        """Permission bits of a file."""
        return stat.S_IMODE(self._modes[path])

    def take(self, path: str, entry: os.DirEntry[str]) -> None:
        """Look at a directory's entry, whatever it is."""
        try:
            status = entry.stat()
            if not path.isascii():
                path.encode()
        except UnicodeEncodeError:
            self.unread.append(Unread(_shown(path), "its name is not UTF-8"))
        except OSError as error:
            if not (
                error.errno == errno.ENOENT and not entry.is_symlink()
            ):  # vanished meanwhile: as if never there
                self.unread.append(Unread(path, f"cannot be read: {error.strerror}"))
        else:
            mode = status.st_mode
            if stat.S_ISREG(mode):
                self.files[path] = _signature(
                    (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                )
                self._modes[path] = mode
            else:
                self.unread.append(Unread(path, "is not a regular file"))


_signature = partial(tuple.__new__, Signature)  # ten thousand times, in half the time of its own constructor


def scan(store: Store) -> Scan:
    """List the Markdown files of a store, none of them opened.

    Hidden files and directories, what the profile calls private, and directories behind links are
    left out.

    Raises:
        UnreadableError: If the store's directory cannot be listed.
    """
    found = Scan()
    private, owns = store.profile.private_dirs, store.profile.owns
    pending = [""]
    while pending:
        directory = pending.pop()
        try:
            with os.scandir(os.path.join(store.root, directory)) as entries:
                for entry in entries:
                    name = entry.name
                    if name[0] == ".":
                        continue
                    path = directory + name
                    if entry.is_dir(follow_symlinks=False):
                        pending += [path + "/"] * (path not in private)
                    elif owns(path):
                        found.take(path, entry)
        except OSError as error:
            if not directory:
                raise UnreadableError(f"cannot list {store.root}: {error.strerror}") from error
            if error.errno != errno.ENOENT:  # else vanished meanwhile: as if never there
                found.unread.append(Unread(_shown(directory), f"cannot be listed: {error.strerror}"))
    found.files = dict(sorted(found.files.items()))
    return found


def is_as(store: Store, path: str, found: Scan) -> bool:
    """Whether a file of a store is still what a scan found."""
    try:
        status = os.stat(os.path.join(store.root, path))
    except OSError:
        return False
    signature = (status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    return found.files.get(path) == signature


def _shown(path: str) -> str:
    return os.fsencode(path).decode(errors="backslashreplace")


def read(path: str) -> bytes:
    """Read one regular file; never blocks on a FIFO.

    Raises:
        UnreadableError: If it is absent, special, too large, or not permitted.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}") from error
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode):
            raise UnreadableError(f"cannot read {path}: it is not a regular file")
        if status.st_size > MOST_BYTES:
            raise UnreadableError(f"cannot read {path}: it is larger than {MOST_BYTES // 2**20} MiB")
        chunks = []
        while chunk := os.read(descriptor, max(status.st_size, 4096) + 1):
            chunks.append(chunk)
        return b"".join(chunks)
    except OSError as error:
        raise UnreadableError(f"cannot read {path}: {error.strerror}") from error
    finally:
        os.close(descriptor)


def load(store: Store, paths: Iterable[str]) -> tuple[list[Document], list[Unread]]:
    """Read and parse files of a store; those that cannot be read come back with the reason.

    One that has vanished meanwhile is passed over.
    """
    documents = []
    unread = []
    for path in paths:
        try:
            documents.append(parse(path, read(f"{store.root}/{path}")))
        except UnreadableError as error:
            if not isinstance(error.__cause__, FileNotFoundError):  # else vanished since it was listed
                unread.append(Unread(path, error.message))
    return documents, unread


def content(path: str) -> bytes | None:
    """The bytes of a regular file, or None where there is nothing.

    Raises:
        UnreadableError: If there is something that cannot be read.
    """
    try:
        return read(path)
    except UnreadableError:
        if os.path.lexists(path):
            raise
        return None


def mode(path: str) -> int | None:
    """Permission bits of a file, or None where there is none."""
    try:
        return stat.S_IMODE(os.stat(path, follow_symlinks=False).st_mode)
    except FileNotFoundError:
        return None


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


def listings(places: Iterable[str], root: str) -> dict[str, frozenset[str] | None]:
    """The names in every directory that one of these absolute paths lies in, case-exact.

    Args:
        places: The paths.
        root: A directory that is known to exist: the store's.
    """
    found: dict[str, frozenset[str] | None] = {}
    for place in places:
        _list(place.rpartition("/")[0] or "/", found, root)
    return found


def link_targets(store: Store, documents: Iterable[Document]) -> Iterator[str]:
    """Absolute paths that the links of documents can mean; home directories are expanded."""
    for document in documents:
        for link in document.links:
            for path in file_paths(link.destination):
                yield absolute(store.root, document.path, expanded(path))


def expanded(path: str) -> str:
    """A path with the home directory that it begins with."""
    return os.path.expanduser(path) if path.startswith("~") else path


def _list(directory: str, found: dict[str, frozenset[str] | None], root: str) -> frozenset[str] | None:
    """List a directory, letter by letter as it is named on disk, whatever the file system folds."""
    if directory not in found:
        known = directory in {"/", root} or root.startswith(directory.rstrip("/") + "/")
        parent, _, name = directory.rpartition("/")
        if not known and name not in (_list(parent or "/", found, root) or ()):
            found[directory] = None
        else:
            try:
                found[directory] = frozenset(os.listdir(directory))
            except OSError:
                found[directory] = None
    return found[directory]


def siblings(store: Store, known: dict[str, Mapping[str, str]] | None = None) -> dict[str, str]:
    """The `name` of every topic file of the stores beside this one, by absolute path; "" where it has none.

    Beside an agent's store lie those of the other agents of the same place, local ones included.

    Args:
        store: The store.
        known: The same of single stores, by root; those that are looked at are added.
    """
    container, _, _ = store.root.rpartition("/")
    holder, _, kind = container.rpartition("/")
    if kind not in CONTAINERS:
        return {}
    known = {} if known is None else known
    names: dict[str, str] = {}
    for each in sorted(CONTAINERS):
        for agent in sorted(_list(f"{holder}/{each}", {}, holder) or ()):
            root = f"{holder}/{each}/{agent}"
            if root == store.root or agent.startswith("."):
                continue
            if root not in known:
                is_store = os.path.isdir(root)
                known[root] = dict(_topic_names(agent_store(root, user=False))) if is_store else {}
            names.update(known[root])
    return names


def _topic_names(store: Store) -> Iterator[tuple[str, str]]:
    try:
        found = scan(store).files
    except UnreadableError:
        return
    for path, signature in found.items():
        if path != store.profile.index_name:
            yield f"{store.root}/{path}", _topic_name(f"{store.root}/{path}", signature)


@lru_cache(maxsize=20_000)  # the same neighbours are asked for by each store beside them
def _topic_name(path: str, _signature: Signature) -> str:
    try:
        front_matter = frontmatter.read(read(path).decode(errors="replace").encode())
    except UnreadableError:
        return ""
    return front_matter.fields.get("name", "") if front_matter else ""


def parsed(paths: Iterable[str]) -> dict[str, Document]:
    """Files that lie in no store, parsed, by absolute path; those that cannot be read are left out."""
    found = {}
    for path in paths:
        try:
            found[path] = parse(path, read(path))
        except UnreadableError:
            continue  # then nothing can be said of its parts
    return found
