"""Links into a store: from other stores and instruction files."""

import posixpath
from collections.abc import Collection, Iterable, Iterator, Mapping

from memoryd.domain.links.destinations import absolute, file_paths
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import regex

# Claude Code imports what an instruction names with “@”; a bare name is a user name.
_IMPORT = regex(r"(?<![\w`])@((?:~/|\.{0,2}/)?[\w./-]*[\w-]\.\w+)")


Lead = tuple[str, int, str]
"""Absolute path of a file, a line in it from 1, and the absolute path of the link's target."""


def left_dangling(
    stores: Iterable[tuple[Snapshot, Mapping[str, Document]]], gone: Collection[str]
) -> tuple[Lead, ...]:
    """Return the links from outside their store that the removal of files would break, sorted.

    Args:
        stores: The known stores, each with the instructions around it by absolute path.
        gone: Absolute paths of the files.
    """
    found: set[Lead] = set()
    for snapshot, instructions in stores if gone else ():
        root = snapshot.store.root
        others = {path for path in gone if not path.startswith(f"{root}/")}
        for document in snapshot.documents.values() if others else ():
            found |= {(f"{root}/{document.path}", *each) for each in _leads(document, root, others)}
        for place, document in instructions.items():
            found |= {(place, *each) for each in _leads(document, posixpath.dirname(place), gone)}
    return tuple(sorted(found))


def _leads(document: Document, directory: str, gone: Collection[str]) -> Iterator[tuple[int, str]]:
    """Yield line and target of the links of a document to files.

    Args:
        document: The document.
        directory: The directory that its path is relative to.
        gone: Absolute paths of the files.
    """
    path = document.path if not document.path.startswith("/") else posixpath.basename(document.path)
    for link in document.links:
        for meant in file_paths(link.destination):
            if (place := absolute(directory, path, meant)) in gone:
                yield document.position(link.span.start).line, place
    for match in _IMPORT.finditer(document.text):
        if (place := absolute(directory, path, match[1])) in gone:
            yield document.text.count("\n", 0, match.start()) + 1, place
