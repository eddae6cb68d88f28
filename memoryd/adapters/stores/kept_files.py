"""Facts about the texts of stores, in the cache directory."""

import os
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import memoryd
from memoryd import private
from memoryd.domain.stores.digest import content_digest
from memoryd.domain.text.kept_facts import DocumentFacts, StoreFacts
from memoryd.values import blake2b

if TYPE_CHECKING:
    from memoryd.domain.agents.roster import Roster
    from memoryd.domain.markdown.document import Document
    from memoryd.domain.stores.snapshot import Snapshot

_FORM = "memoryd facts 2"
_MOST_BYTES = 256 * 1024 * 1024  # of one file
_MARK = 16  # bytes of a digest
_LONGEST = 30 * 86400  # seconds that a file is kept after it was written
_STORE = "store"  # key of the facts about all of it
_LARGE = ".large"  # ending of the file with facts that are larger than what they are about
_NOTHING = "{}"


class KeptFiles:
    """Two files a store. Each line has the facts about one text, by the digest of path and text.

    The second file has the large facts, which most commands do not need. A file that is damaged, or made by
    another version of memoryd, counts as empty. Nothing here fails a command: without the directory,
    everything is found out again.

    Args:
        directory: The directory of the files, for this user only.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._is_tidy = False

    def recall(self, snapshots: "Iterable[Snapshot]") -> "tuple[Snapshot, ...]":
        """Return stores with the facts that are known of them and of their documents."""
        return tuple(map(self._with_facts, snapshots))

    def _with_facts(self, snapshot: "Snapshot") -> "Snapshot":
        known = self._read(self._path(snapshot.store.root))
        recall = self.facts_in(snapshot.store.root, known)
        for document in snapshot.documents.values():
            recall(document)
        return replace(snapshot, kept=StoreFacts(known.get(_STORE, _NOTHING)))

    def facts_in(self, root: str, known: Mapping[str, str] | None = None) -> "Callable[[Document], None]":
        """Return what adds the facts that are known of a document of a store.

        Args:
            root: Absolute path of the store.
            known: Its facts, by key; None to read them when the first document asks.
        """
        path = self._path(root)

        @cache
        def small() -> Mapping[str, str]:
            return self._read(path) if known is None else known

        @cache
        def large() -> Mapping[str, str]:
            return self._read(f"{path}{_LARGE}")

        def read_large(key: str) -> str:
            return large().get(key, _NOTHING)

        def recall(document: "Document") -> None:
            digest = content_digest(document.raw)
            key = _key(document, digest)
            document.parts.kept = DocumentFacts(digest, small().get(key, _NOTHING), partial(read_large, key))

        return recall

    def recall_together(self, roster: "Roster") -> "Roster":
        """Return a roster with the facts that are known of all its stores together."""
        known = self._read(self._path_together(roster))
        return replace(roster, kept=StoreFacts(known.get(_STORE, _NOTHING)))

    def keep(self, roster: "Roster") -> None:
        """Write the facts of whole stores, and of all of them together, where there are new ones."""
        if roster.kept and roster.kept.is_new:
            self._write(self._path_together(roster), {_STORE: roster.kept.as_text()})
        for snapshot in roster.snapshots:
            own = snapshot.kept
            facts = {
                _key(each, kept.digest): kept
                for each in snapshot.documents.values()
                if (kept := each.parts.kept) is not None
            }
            if own is None:
                continue
            path = self._path(snapshot.store.root)
            if own.is_new or any(each.small.is_new for each in facts.values()):
                self._write(
                    path, {key: each.small.as_text() for key, each in facts.items()} | {_STORE: own.as_text()}
                )
            if any(each.new_large for each in facts.values()):
                self._write(f"{path}{_LARGE}", {key: each.large.as_text() for key, each in facts.items()})

    def texts(self, name: str) -> dict[str, str]:
        """Return texts that are kept under a name, by key."""
        return self._read(f"{self._directory}/{name}")

    def keep_texts(self, name: str, texts: Mapping[str, str]) -> None:
        """Write texts of one line under a name, by key: a word."""
        self._write(f"{self._directory}/{name}", texts)

    def _path(self, root: str) -> str:
        return f"{self._directory}/{blake2b(os.fsencode(root), digest_size=_MARK).hexdigest()}"

    def _path_together(self, roster: "Roster") -> str:
        return self._path("\0".join(each.store.root for each in roster.snapshots) + "\0")

    def _read(self, path: str) -> dict[str, str]:
        """Return facts as JSON, by key."""
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
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

    def _write(self, path: str, texts: Mapping[str, str]) -> None:
        body = "".join(f"{key} {text}\n" for key, text in texts.items() if text != _NOTHING).encode()
        if len(body) > _MOST_BYTES // 2:
            return
        with suppress(OSError):
            private.make_directory(self._directory)
            if not self._is_tidy:
                self._is_tidy = True
                self._remove_old()
            private.replace_file(Path(path), _head(body) + b"\n" + body)

    def _remove_old(self) -> None:
        """Remove the facts about stores that were not changed or not checked for long."""
        with os.scandir(self._directory) as entries:
            for entry in entries:
                if entry.stat(follow_symlinks=False).st_mtime < time.time() - _LONGEST:
                    with suppress(OSError):
                        os.unlink(entry.path)


def _key(document: "Document", digest: bytes) -> str:
    path = document.path.encode(errors="surrogatepass")
    return blake2b(path + b"\0" + digest, digest_size=_MARK).hexdigest()


def _head(body: bytes) -> bytes:
    return f"{_FORM} {_version()} {blake2b(body, digest_size=_MARK).hexdigest()}".encode()


@cache
def _version() -> str:
    """Return a digest of everything that facts depend on beside the text: the code, Python and the parser."""
    parser = find_spec("pyromark")  # to load it costs more than all else here
    told = [memoryd.__version__, sys.version, unicodedata.unidata_version]
    for top in (os.path.dirname(memoryd.__file__), os.path.dirname(str(parser and parser.origin))):
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
