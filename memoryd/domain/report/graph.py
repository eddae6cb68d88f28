"""Files of a store and the links between them."""

from collections.abc import Iterable, Mapping

from memoryd.domain.links.names import Reach, names_of
from memoryd.domain.markdown.model import Span
from memoryd.domain.report.model import Topic
from memoryd.domain.stores.snapshot import Snapshot

INDEX, SEEN, CUT, LOST = "index", "seen", "beyond the cut", "not reached"
"""The standings of a file: whether the agent gets to it from the index file."""


def topics_of(
    snapshot: Snapshot, reached: Mapping[str, object], cut: Iterable[str], broken: Mapping[str, Iterable[str]]
) -> tuple[Topic, ...]:
    """Return the files of a store with their links, the index file first.

    A link to a directory is none to each of its files.

    Args:
        snapshot: The store.
        reached: The way to each topic file by path; None for one that is not reached.
        cut: Topic files that only the cut part of the index file leads to.
        broken: Destinations of the broken links of each file by path.
    """
    index_name = snapshot.store.profile.index_name
    paths = sorted(snapshot.documents, key=lambda path: (path != index_name, path))
    numbers = {path: number for number, path in enumerate(paths)}
    names, beyond = names_of(snapshot), frozenset(cut)
    topics = []
    for path in paths:
        document = snapshot.documents[path]
        led = names.led_to(document, Span(0, len(document.source)))
        links = {numbers[to] for to, way in led if way is not Reach.FOLDER and to != path}
        standing = _standing(path, index_name, reached, beyond)
        topics.append(Topic(path, standing, tuple(sorted(links)), tuple(broken.get(path, ()))))
    return tuple(topics)


def _standing(path: str, index_name: str, reached: Mapping[str, object], beyond: frozenset[str]) -> str:
    if path == index_name:
        return INDEX
    if path in beyond:
        return CUT
    return SEEN if reached.get(path) else LOST


def edges_of(topics: Iterable[Topic]) -> tuple[tuple[int, int], ...]:
    """Return each pair of linked files once, by their places in the list."""
    return tuple(sorted({(min(a, b), max(a, b)) for a, topic in enumerate(topics) for b in topic.links}))
