"""Facts about the texts of stores, in the cache directory."""

import os
import sys
import time
import unicodedata
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import cache
from hashlib import blake2b
from pathlib import Path

import memoryd
from memoryd import private
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.parts import KeptFacts
from memoryd.domain.stores.snapshot import Snapshot

_FORM = "memoryd facts 1"
_MOST_BYTES = 256 * 1024 * 1024  # of one file
_MARK = 16  # bytes of a digest
_LONGEST = 30 * 86400  # seconds that a file is kept after it was written
_STORE = "store"  # key of the facts about all of it


class KeptFiles:
    """One file a store. Each of its lines has the facts about one text, by the digest of path and text.

    A file that is damaged, or made by another version of memoryd, counts as empty. Nothing here fails a
    command: without the directory, everything is found out again.

    Args:
        directory: The directory of the files, for this user only.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory

    def recall(self, snapshots: Iterable[Snapshot]) -> tuple[Snapshot, ...]:
        """Return stores with the facts that are known of them and of their documents."""
        return tuple(map(self._with_facts, snapshots))

    def _with_facts(self, snapshot: Snapshot) -> Snapshot:
        known = self._read(snapshot.store.root)
        for document in snapshot.documents.values():
            document.parts.kept = KeptFacts(known.get(_key(document), "{}"))
        return replace(snapshot, kept=KeptFacts(known.get(_STORE, "{}")))

    def keep(self, snapshots: Iterable[Snapshot]) -> None:
        """Write the facts of whole stores that have new ones."""
        for snapshot in snapshots:
            documents = snapshot.documents.values()
            facts = {_key(each): each.parts.kept for each in documents if each.parts.kept is not None}
            own = snapshot.kept
            if own and (own.is_new or any(each.is_new for each in facts.values())):
                texts = {key: each.as_text() for key, each in facts.items()}
                texts[_STORE] = own.as_text(all_of_them=False)
                body = "".join(f"{key} {text}\n" for key, text in texts.items()).encode()
                with suppress(OSError):
                    self._write(snapshot.store.root, body)

    def _path(self, root: str) -> Path:
        return self._directory / blake2b(os.fsencode(root), digest_size=_MARK).hexdigest()

    def _read(self, root: str) -> dict[str, str]:
        """Return the facts of a store as JSON, by key."""
        try:
            descriptor = os.open(self._path(root), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
            with os.fdopen(descriptor, "rb") as file:
                if os.fstat(descriptor).st_size > _MOST_BYTES:
                    return {}
                head, _, body = file.read().partition(b"\n")
        except OSError:
            return {}
        if head != _head(body):
            return {}
        lines = (line.partition(" ") for line in body.decode().split("\n"))
        return {key: text for key, _, text in lines if key}

    def _write(self, root: str, body: bytes) -> None:
        if len(body) > _MOST_BYTES // 2:
            return
        private.make_directory(self._directory)
        self._remove_old()
        private.replace_file(self._path(root), _head(body) + b"\n" + body)

    def _remove_old(self) -> None:
        """Remove the facts about stores that were not changed or not checked for long."""
        with os.scandir(self._directory) as entries:
            for entry in entries:
                if entry.stat(follow_symlinks=False).st_mtime < time.time() - _LONGEST:
                    with suppress(OSError):
                        os.unlink(entry.path)


def _key(document: Document) -> str:
    path = document.path.encode(errors="surrogatepass")
    return blake2b(path + b"\0" + document.raw, digest_size=_MARK).hexdigest()


def _head(body: bytes) -> bytes:
    return f"{_FORM} {_version()} {blake2b(body, digest_size=_MARK).hexdigest()}".encode()


@cache
def _version() -> str:
    """Return a digest of everything that facts depend on beside the text: the code, Python and the parser."""
    import pyromark  # noqa: PLC0415  # parsed text has loaded it

    told = [memoryd.__version__, sys.version, unicodedata.unidata_version]
    for top in (
        os.path.join(os.path.dirname(memoryd.__file__), "domain"),
        os.path.dirname(pyromark.__file__),
    ):
        told += sorted(_signatures(top))
    return blake2b("\n".join(told).encode(errors="surrogatepass"), digest_size=_MARK).hexdigest()


def _signatures(directory: str) -> list[str]:
    """Return the names, sizes and times of the files below a directory."""
    found = []
    with suppress(OSError), os.scandir(directory) as entries:
        for entry in entries:
            if entry.is_dir():
                found += [] if entry.name == "__pycache__" else _signatures(entry.path)
            else:
                status = entry.stat()
                found.append(f"{entry.path} {status.st_size} {status.st_mtime_ns}")
    return found
