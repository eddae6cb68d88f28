"""Missing files that the index file names without links."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence

from memoryd.domain.links.names import Names, Reach, names_of
from memoryd.domain.links.placeholders import is_placeholder
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import outline
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import dataclass, regex

_CHARACTER = r"[^\s`|*\[\]()<>\"',;:@#]"
_IN_CODE = r"[^`\n\r\"<>|*\[\]]"
_NAME = rf"(?:`@?(?P<code>{_IN_CODE}{{1,200}}?\.md)`|[\"']?@?(?P<bare>{_CHARACTER}{{1,200}}\.md)[\"']?)"
_ITEM = r"[ \t]*(?:[-*+]|\d{1,9}[.)])[ \t]+(?:\[[ xX]\][ \t]+)?"
_AFTER = r"[ \t]*(?:\r?$|[—–:(|→]|--?>?[ \t]|=>)"
# What a list item begins with, what is alone in a cell of a table, and what is a link except for a space.
_LEADING = regex(rf"(?:^|\A\ufeff){_ITEM}[*_~]{{0,3}}{_NAME}[*_~]{{0,3}}{_AFTER}", re.MULTILINE)
_CELL = regex(rf"(?<=\|)[ \t]*[*_~]{{0,3}}{_NAME}[*_~]{{0,3}}[ \t]*(?=\|)")
_FAILED_LINK = regex(r"(?<!!)\[[^\[\]\n]*\]\((?P<code>[^()<>\[\]\n\"']+\.md)(?P<bare>)\)")
_FOLDER = regex(r"(?<![\w/])([\w.~-]+)/")
_SPACE = regex(r"[ \t]")
_JOINED = regex(r"[^\x00-\x7f][\w-]+\.md\Z", re.ASCII)  # a word of a script without spaces before a name
# Files of instructions and of repositories, which notes speak of.
_WELL_KNOWN = """
    readme.md claude.md claude.local.md agents.md gemini.md qwen.md skill.md memory.md changelog.md license.md
    contributing.md security.md todo.md index.md soul.md user.md identity.md tools.md heartbeat.md
    bootstrap.md roadmap.md architecture.md code_of_conduct.md copilot-instructions.md
"""
_FAMILIAR = frozenset(_WELL_KNOWN.split())


@dataclass(frozen=True, slots=True)
class DanglingMention:
    """A mention of a file that the store lacks: its path in the words of the index file, and its span."""

    path: str
    span: Span


def mentions(snapshot: Snapshot) -> Iterator[DanglingMention]:
    """Yield the missing files that list items and table cells of the index file begin with, and failed links.

    Such a mention would make the file reachable, if it existed. Names in other folders, and of files that
    every repository has, are left out.
    """
    index = snapshot.index
    if index is None or b".md" not in index.source:
        return
    text = index.text
    found = [match for pattern in (_LEADING, _CELL) for match in pattern.finditer(text)]
    found += [match for match in _FAILED_LINK.finditer(text) if _SPACE.search(match["code"])]
    if not found:
        return
    names, spans = names_of(snapshot), outline(index).text_spans
    linked = [link.span for link in index.links]
    sections = _Sections(snapshot, index)
    start = at = 0  # in bytes and in code points
    for match in sorted(found, key=lambda each: each.start(1 if each[1] else 2)):
        path = (match["code"] or match["bare"]).strip()
        group = "code" if match["code"] else "bare"
        start += len(text[at : match.start(group)].encode())
        at = match.start(group)
        span = Span(start, start + len(match[group].encode()))
        if not _is_candidate(snapshot, path) or _is_in(span, linked) or not _is_in(span, spans):
            continue
        if not _leads(names, index, span) and sections.are_about_store(span.start):
            yield DanglingMention(path, span)


def _leads(names: Names, index: Document, span: Span) -> bool:
    """Return whether a part of the index file names a topic file."""
    return any(how is not Reach.FOLDER and path != index.path for path, how in names.led_to(index, span))


class _Sections:
    """The sections of an index file, each judged once."""

    def __init__(self, snapshot: Snapshot, index: Document) -> None:
        self._names = names_of(snapshot)
        self._index = index
        self._folders = {".", snapshot.store.root.rpartition("/")[2]}
        self._folders |= {path.partition("/")[0] for path in snapshot.documents if "/" in path}
        self._about_store: dict[Span, int] = {}

    def are_about_store(self, offset: int) -> bool:
        """Return whether a list that mentions a file is about the store, and not about another folder.

        Its section names other topic files, or no folder before the mention ("Located in `docs/mobile/`:").

        Args:
            offset: Start of the mention, in bytes.
        """
        section = self._index.section_at(offset)
        span = section.span if section else Span(self._index.body, len(self._index.source))
        if span not in self._about_store:
            above = [heading.text for heading in section.above] if section else []
            self._about_store[span] = self._end(span, "\n".join(above))
        return offset <= self._about_store[span]

    def _end(self, span: Span, above: str) -> int:
        """Return the offset up to which a section is about the store."""
        if _leads(self._names, self._index, span):
            return span.end
        if self._foreign(above) is not None:
            return span.start - 1
        text = self._index.slice(span)
        foreign = self._foreign(text)
        return span.end if foreign is None else span.start + len(text[:foreign].encode())

    def _foreign(self, text: str) -> int | None:
        """Return the offset of the first folder in a text that the store lacks."""
        found = (match for match in _FOLDER.finditer(text) if match[1] not in self._folders)
        return next((match.start() for match in found), None)


def _is_candidate(snapshot: Snapshot, path: str) -> bool:
    folder, _, name = path.removeprefix("./").rpartition("/")
    if (
        name.casefold() in _FAMILIAR
        or path.startswith("/")
        or is_placeholder(path, "file")
        or _JOINED.search(name)
    ):
        return False
    return not folder or any(each.startswith(f"{folder}/") for each in snapshot.documents)


def _is_in(span: Span, others: Sequence[Span]) -> bool:
    """Return whether one of several spans, which are sorted, holds the start of a span."""
    before = bisect_right(others, span.start, key=lambda each: each.start) - 1
    return before >= 0 and span.start < others[before].end
