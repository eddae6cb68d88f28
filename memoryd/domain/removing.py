"""Taking one passage out of a file because another one says the same."""

import posixpath
import re

from memoryd.domain.document import Link, Snapshot, Span, WikiLink
from memoryd.domain.edits import FileChange
from memoryd.domain.fixes import with_changes
from memoryd.domain.links import reachable
from memoryd.domain.passages import Passage
from memoryd.domain.pins import pinned, touches

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
    profile = snapshot.store.profile
    if document.undecodable is not None or not profile.rewrites or touches(gone.span, pinned(document)):
        return None
    links: tuple[Link | WikiLink, ...] = (*document.links, *document.wiki_links)
    holds_links = any(gone.span.start <= link.span.start < gone.span.end for link in links)
    if holds_links and posixpath.dirname(document.path) != posixpath.dirname(kept.document.path):
        return None
    span = _with_blank_line(document.source, gone.span)
    after = document.source[: span.start] + document.source[span.end :]
    if len(document.entries) < 2:  # noqa: PLR2004  # it is all there is
        return None
    root = snapshot.store.root
    change = FileChange(root, f"{root}/{document.path}", document.raw, after)
    if set(reachable(snapshot)) - set(reachable(with_changes(snapshot, {change.path: change}))):
        return None
    return change


def _with_blank_line(source: bytes, span: Span) -> Span:
    """A span with the blank line behind it, where one stands in front of it too."""
    before = source[: span.start].replace(b"\r\n", b"\n")
    blank = re.compile(rb"[ \t]*\r?\n").match(source, span.end)
    if blank and (not before or before.endswith(b"\n\n")):
        return Span(span.start, blank.end())
    if span.end == len(source) and not source.endswith(b"\n"):
        return Span(len(source[: span.start].rstrip(b"\r\n")), span.end)
    return span
