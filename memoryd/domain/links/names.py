"""Names of documents, and what the index file reaches."""

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property, lru_cache

# ASCII only: scripts without spaces may touch a name on both sides. The look-behinds keep long runs linear.
from memoryd.domain.limits.budget import Budget
from memoryd.domain.links.destinations import absolute, file_paths
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Link, Span, WikiLink
from memoryd.domain.stores.snapshot import Snapshot, keep_last
from memoryd.values import regex

_FILE_NAME = regex(r"(?<![\w.-])[.-]*(\w[\w.-]*\.md)(?!\w)", re.ASCII)
_WORD = regex(r"[\w-]+", re.ASCII)
_FOLDER_NAME = regex(r"(?<![\w./-])(?:\./)?(\w[\w./-]*)/(?!\w)", re.ASCII)
_JOINT = regex(r"[\s_-]+")


class Reach(StrEnum):
    """A way from the index file to a topic file."""

    LINK = "link"
    WIKI_LINK = "wiki link"
    MENTION = "mention"
    FOLDER = "folder"


class WikiNames:
    """The names of the documents of one store, for wiki links.

    A name is looked up by path, then by `name`, then by stem, then with `_`, `-`, space and case folded,
    then by title.
    """

    def __init__(self, documents: Mapping[str, Document]) -> None:
        self._documents = documents

    def targets(self, name: str) -> tuple[str, ...]:
        """Return the paths that a name means, in the order of the documents."""
        whole = name.removesuffix(".md")
        wanted = whole.rpartition("/")[2]
        if not wanted:
            return ()
        if "/" in name and f"{whole}.md" in self._documents:
            return (f"{whole}.md",)
        folded = fold(wanted)
        return tuple(
            self._by_name.get(name)
            or self._by_stem.get(wanted)
            or self._by_fold.get(folded)
            or self._by_title.get(folded)
            or ()
        )

    # Each is made when the one before it has no answer: few lookups reach the titles, which cost most.

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        return _grouped((document.name, path) for path, document in self._documents.items())

    @cached_property
    def _by_stem(self) -> dict[str, list[str]]:
        return _grouped((document.stem, path) for path, document in self._documents.items())

    @cached_property
    def _by_fold(self) -> dict[str, list[str]]:
        names = ((path, {fold(each.stem), fold(each.name)}) for path, each in self._documents.items())
        return _grouped((name, path) for path, each in names for name in each)

    @cached_property
    def _by_title(self) -> dict[str, list[str]]:
        first = ((path, document.headings[:1]) for path, document in self._documents.items())
        return _grouped((fold(heading.text), path) for path, headings in first for heading in headings)


def _grouped(named: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    """Return paths by name."""
    found: dict[str, list[str]] = {}
    for name, each in named:
        found.setdefault(name, []).append(each)
    return found


@lru_cache(16_384)  # the names of one store are compared with those of all stores around it
def fold(name: str) -> str:
    """Return a name in its most lenient form for wiki links: without case, all separators the same."""
    return _JOINT.sub("-", name).casefold()


def reachable(
    snapshot: Snapshot,
    *,
    index_end: int | None = None,
    resume: int | None = None,
    named: Iterable[str] = (),
) -> dict[str, Reach]:
    """Return how each topic file is reached from the index file, directly or through other topics.

    Args:
        snapshot: The store.
        index_end: Byte offset at which the index file counts as ending (to leave out what an agent
            never sees), or None for all of it.
        resume: Byte offset from which the agent sees the index file again, or None.
        named: Paths of topic files that instructions name: they are reached as well.

    Returns:
        The first way found by path; unreachable topics are absent.
    """
    index = snapshot.index
    if index is None:
        return {}
    names = names_of(snapshot)
    found = {path: Reach.MENTION for path in named if path in snapshot.documents}
    end = len(index.source)
    queue = [(index, Span(0, end if index_end is None else index_end))]
    queue += [(index, Span(resume, end))] if resume is not None else []
    queue += [(snapshot.documents[path], Span(0, len(snapshot.documents[path].source))) for path in found]
    others = len(snapshot.documents) - 1
    while queue and len(found) < others:
        document, span = queue.pop(0)
        for path, how in names.led_to(document, span):
            if path not in found and path != index.path:
                found[path] = how
                topic = snapshot.documents[path]
                queue.append((topic, Span(0, len(topic.source))))
                if len(found) == others:
                    return found
    return found


class Names:
    """All names of the documents of one store; `names_of` keeps those of the last stores."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._documents = snapshot.documents
        self._root = snapshot.store.root
        self._wiki_names = WikiNames(snapshot.documents)
        self._by_file_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        self._by_folder: dict[str, list[str]] = {}
        for path, document in snapshot.documents.items():
            folder, _, name = path.rpartition("/")
            self._by_file_name.setdefault(name, []).append(path)
            if re.search(r"[-_\d]", document.stem):  # a plain word would match in any prose
                self._by_stem.setdefault(document.stem, []).append(path)
            while folder:
                self._by_folder.setdefault(folder, []).append(path)
                folder = folder.rpartition("/")[0]
        self._odd = {
            name: paths
            for name, paths in [*self._by_file_name.items(), *self._by_stem.items()]
            if not (_FILE_NAME.fullmatch(name) or _WORD.fullmatch(name))
        }

    def led_to(self, document: Document, span: Span) -> Iterator[tuple[str, Reach]]:
        """Yield the documents of the store that a part of a document names, with the way."""
        for destination in dict.fromkeys(link.destination for link in document.links_in(span)):
            yield from self._linked(document, destination)
        for name in dict.fromkeys(link.name for link in document.wiki_links_in(span)):
            yield from ((path, Reach.WIKI_LINK) for path in self._wiki_names.targets(name))
        text = document.source[span.start : span.end].decode(errors="ignore")
        yield from self._mentioned(text)

    def linked(self, document: Document, span: Span) -> Iterator[tuple[str, str]]:
        """Yield path and text of each link in a part of a document to a document of the store."""
        for link in document.links_in(span):
            for path, how in self._linked(document, link.destination):
                if how is Reach.LINK:
                    yield path, link.text

    def answering(self, document: Document, link: Link | WikiLink) -> tuple[str, ...]:
        """Return the documents of the store that a link, or wiki link, can mean: any number of paths."""
        if isinstance(link, WikiLink):
            return self._wiki_names.targets(link.name)
        linked = self._linked(document, link.destination)
        return tuple(path for path, how in linked if how is Reach.LINK)[:1]

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
                yield from ((topic, Reach.FOLDER) for topic in self._by_folder.get(relative, ()))

    def _mentioned(self, text: str) -> Iterator[tuple[str, Reach]]:
        for pattern, known, may_be in (
            (_FILE_NAME, self._by_file_name, ".md" in text),
            (_WORD, self._by_stem, bool(self._by_stem)),
        ):
            if may_be:
                for name in sorted(known.keys() & pattern.findall(text)):
                    yield from ((path, Reach.MENTION) for path in known[name])
        for name, paths in self._odd.items():
            if name in text:
                yield from ((path, Reach.MENTION) for path in paths)
        if self._by_folder and "/" in text:
            prefix = self._root.rpartition("/")[2] + "/"
            folders = {name.removeprefix(prefix) for name in _FOLDER_NAME.findall(text)}
            for folder in sorted(folders & self._by_folder.keys()):
                yield from ((path, Reach.FOLDER) for path in self._by_folder[folder])


@keep_last(4)
def names_of(snapshot: Snapshot) -> Names:
    """Return all names of the documents of a store."""
    return Names(snapshot)


def unseen_topics(snapshot: Snapshot, budget: Budget) -> tuple[str, ...]:
    """Return the topic files that only the cut-off part of the index file leads to."""
    cut = budget.view.cut_offset
    if cut is None:
        return ()
    seen = reachable(snapshot, index_end=cut, resume=budget.view.resume_offset)
    return tuple(sorted(reachable(snapshot).keys() - seen.keys()))
