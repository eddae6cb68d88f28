"""Where links lead: destinations, targets, and what an agent can reach from its index file."""

import posixpath
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from urllib.parse import unquote

from memoryd.domain.document import Document, Snapshot, Span

# Two letters at least: `C:\x` is a path of another machine, not a scheme, and no more checkable.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|//")
_FILE_NAME = re.compile(r"[\w.+@-]+\.md\b")
_WORD = re.compile(r"[\w-]+")
_PLAIN_NAME = re.compile(r"[\w.+@-]+")


class Reach(StrEnum):
    """How an agent gets from its index file to a topic file."""

    LINK = "link"
    WIKI_LINK = "wiki link"
    MENTION = "mention"
    FOLDER = "folder"


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
    return posixpath.normpath(posixpath.join(root, posixpath.dirname(document), path))


def exists(path: str, listings: Mapping[str, frozenset[str] | None]) -> bool:
    """Whether an absolute path exists, letter by letter, by the listing of its directory."""
    parent, _, name = path.rpartition("/")
    return not name or name in (listings.get(parent or "/") or ())


def wiki_targets(name: str, documents: Mapping[str, Document]) -> tuple[str, ...]:
    """Paths of the documents that `[[name]]` means: by `name`, then by stem, then with `_` and `-` folded."""
    wanted = name.removesuffix(".md").rpartition("/")[2]
    found = (
        tuple(path for path, document in documents.items() if document.name == name),
        tuple(path for path, document in documents.items() if document.stem == wanted),
        tuple(
            path
            for path, document in documents.items()
            if _fold(wanted) in map(_fold, (document.stem, document.name))
        ),
    )
    return next(filter(None, found), ())


def _fold(name: str) -> str:
    return re.sub(r"[\s_-]+", "-", name).casefold()


def reachable(snapshot: Snapshot, *, index_end: int | None = None) -> dict[str, Reach]:
    """How each topic file is reached from the index file, directly or through other topics.

    Args:
        snapshot: The store.
        index_end: Byte offset at which the index file counts as ending (to leave out what an agent
            never sees), or None for all of it.

    Returns:
        The first way found by path; topics that are not reached are absent.
    """
    index = snapshot.index
    if index is None:
        return {}
    names = Names(snapshot)
    found: dict[str, Reach] = {}
    queue = [(index, Span(0, len(index.source) if index_end is None else index_end))]
    while queue:
        document, span = queue.pop(0)
        for path, how in names.led_to(document, span):
            if path not in found and path != index.path:
                found[path] = how
                topic = snapshot.documents[path]
                queue.append((topic, Span(0, len(topic.source))))
    return found


class Names:
    """The ways to name the documents of one store."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._documents = snapshot.documents
        self._root = snapshot.store.root
        self._by_file_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for path, document in snapshot.documents.items():
            self._by_file_name.setdefault(path.rpartition("/")[2], []).append(path)
            if re.search(r"[-_\d]", document.stem):  # a plain word would be found in any prose
                self._by_stem.setdefault(document.stem, []).append(path)
        self._odd = [name for name in self._by_file_name if not _PLAIN_NAME.fullmatch(name)]

    def led_to(self, document: Document, span: Span) -> Iterator[tuple[str, Reach]]:
        """Paths of documents of the store that a part of a document leads to."""
        for link in document.links:
            if span.start <= link.span.start < span.end:
                yield from self._linked(document, link.destination)
        for wiki_link in document.wiki_links:
            if span.start <= wiki_link.span.start < span.end:
                yield from ((path, Reach.WIKI_LINK) for path in wiki_targets(wiki_link.name, self._documents))
        text = document.source[span.start : span.end].decode(errors="ignore")
        yield from ((path, Reach.MENTION) for path in self._mentioned(text))

    def _linked(self, document: Document, destination: str) -> Iterator[tuple[str, Reach]]:
        for path in file_paths(destination):
            place = absolute(self._root, document.path, path)
            relative = place[len(self._root) + 1 :]
            if place == self._root:
                yield from ((topic, Reach.FOLDER) for topic in self._documents)
            elif not place.startswith(self._root + "/"):
                continue
            elif relative in self._documents:
                yield relative, Reach.LINK
            else:
                below = (topic for topic in self._documents if topic.startswith(relative + "/"))
                yield from ((topic, Reach.FOLDER) for topic in below)

    def _mentioned(self, text: str) -> Iterator[str]:
        for name in sorted(set(_FILE_NAME.findall(text)) & self._by_file_name.keys()):
            yield from self._by_file_name[name]
        for stem in sorted(set(_WORD.findall(text)) & self._by_stem.keys()):
            yield from self._by_stem[stem]
        for name in self._odd:
            if name in text:
                yield from self._by_file_name[name]
