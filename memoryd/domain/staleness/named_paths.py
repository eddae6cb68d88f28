"""Paths of a repository that memory names in text."""

import posixpath
import re
from collections.abc import Iterator

from memoryd.domain.links.destinations import absolute
from memoryd.domain.markdown.document import Document, kept
from memoryd.domain.markdown.items import outline
from memoryd.domain.markdown.model import Span
from memoryd.domain.markdown.positions import byte_span
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import dataclass, regex

# With a slash, so that it is a path and not a word, and with an extension or a slash at its end.
_PATH = regex(
    r"(?<![\w./~@:$%{}<>*\\-])(?:\./|(?:\.\./)+|/)?"
    r"[\w.@-]{1,80}/(?:[\w.@+\[\]()-]{1,80}/)*(?:[\w.@+\[\]()-]{0,80}\.\w{1,10})?(?![\w*<>{}$/])",
    re.ASCII,
)
_CODE = regex(r"`[^`]*`")
_SLASHED = regex(rb"/(?<=\w/)")  # `re` finds a character first much faster than a class
_MOST = 2_000  # per store
_KNOWN = regex(
    r"\b(?:delet|remov|renam|mov(?:ed|ing)|replac|supersed|dropp|obsolet|deprecat|retire|legacy|former|gone\b"
    r"|no longer|used to|was\b|were\b|old\b|previous|before\b|until\b|history|split|merged|extracted|migrat"
    r"|instead|gelöscht|entfernt|umbenannt|verschoben|ersetzt|früher|elimin|supprim|renomm|borrad)"
    r"|→|->|➜|=>|~~",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class NamedPath:
    """A path in a document, and the absolute paths that it can mean."""

    span: Span
    places: tuple[str, ...]


def named_paths(snapshot: Snapshot, repository: str) -> Iterator[tuple[Document, NamedPath]]:
    """Yield the paths that the documents of a store name in running text and code spans.

    Only paths within the repository count: relative to its root or to the base of the store, or absolute.
    Links are checked as links. Lines that mention a change are skipped.

    Args:
        snapshot: The store.
        repository: Absolute path of the git working tree around it; "" if there is none.
    """
    bases = tuple(dict.fromkeys(filter(None, (snapshot.store.base, repository))))
    if not repository:
        return
    count = 0
    for document in snapshot.documents.values():
        if not _SLASHED.search(document.source):
            continue
        for span, path in _paths_in(document):
            places = _places(path, bases, repository)
            if places:
                count += 1
                yield document, NamedPath(span, places)
            if count >= _MOST:
                return


def _unpacked(_: Document, packed: list[tuple[int, int, str]]) -> tuple[tuple[Span, str], ...]:
    return tuple((Span(start, end), path) for start, end, path in packed)


def _packed(found: tuple[tuple[Span, str], ...]) -> list[tuple[int, int, str]]:
    return [(*span, path) for span, path in found]


@kept("paths in text", _packed, _unpacked)
def _paths_in(document: Document) -> tuple[tuple[Span, str], ...]:
    """Return what may be paths in running text and code spans, except in links and lines about a change."""
    links = [link.span for link in document.links]
    told: dict[int, bool] = {}  # by start of the line
    found = []
    for span in outline(document).text_spans:
        if document.source.find(b"/", span.start, span.end) < 0:
            continue
        for match in _PATH.finditer(text := document.slice(span)):
            path = match[0].rstrip(".,:;)")
            where = byte_span(text, match.start(), match.start() + len(path), span.start)
            line = document.line_at(where.start)
            if line.start not in told:
                told[line.start] = _mentions_change(document.slice(line))
            if not told[line.start] and not any(link.start <= where.start < link.end for link in links):
                found.append((where, path))
    return tuple(found)


def _places(path: str, bases: tuple[str, ...], top: str) -> tuple[str, ...]:
    """Return the paths in the repository that a path can mean."""
    if path.startswith("/"):
        places = [posixpath.normpath(path)]
    else:
        places = [absolute(base, "", path) for base in bases]
    return tuple(place for place in dict.fromkeys(places) if place.startswith(f"{top.rstrip('/')}/"))


def _mentions_change(line: str) -> bool:
    """Return whether the line of a path mentions a change of it."""
    return bool(_KNOWN.search(_PATH.sub(" ", _CODE.sub(" ", line))))
