"""Taking one passage out of a file because another one says the same."""

import posixpath
import re

from memoryd.domain.document import Link, Snapshot, WikiLink
from memoryd.domain.edits import FileChange
from memoryd.domain.passages import Passage
from memoryd.domain.removal import Removal, remove

_MARKS = re.compile(r"^\s*(?:[-*+]|\d+[.)])\s+|[*_`]|[.;]\s*$|\s+", re.MULTILINE)


def says_the_same(one: str, other: str) -> bool:
    """Whether two texts are the same letter by letter, but for markup, a full stop, and how they begin."""
    left, right = (" ".join(_MARKS.sub(" ", text).split()) for text in (one, other))
    return left[1:] == right[1:] and left[:1].casefold() == right[:1].casefold()


def without(snapshot: Snapshot, gone: Passage, kept: Passage) -> FileChange | None:
    """The change that removes a passage; None where more than its words would be lost.

    Not where it is pinned, where it is all that its file says, where its links would not lead to the
    same places from the other file, or where a file would no longer be reached.
    """
    document = gone.document
    links: tuple[Link | WikiLink, ...] = (*document.links, *document.wiki_links)
    holds_links = any(gone.span.start <= link.span.start < gone.span.end for link in links)
    if holds_links and posixpath.dirname(document.path) != posixpath.dirname(kept.document.path):
        return None
    if len(document.entries) < 2 or not snapshot.store.profile.rewrites:  # noqa: PLR2004  # it is all there is
        return None
    changes = remove(snapshot, [Removal(document.path, gone.span)]).changes
    return changes[0] if len(changes) == 1 else None
