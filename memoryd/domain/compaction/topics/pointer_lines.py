"""Places of new pointers in an index file."""

import re
from collections.abc import Sequence

from memoryd.domain.compaction.draft import Draft
from memoryd.domain.compaction.long_entries import LONG
from memoryd.domain.compaction.parts.atoms import Atom, Node
from memoryd.domain.compaction.topics.portions import title_section
from memoryd.domain.compaction.topics.themes import Theme
from memoryd.domain.markdown.model import Span
from memoryd.values import regex

_HOME = regex(
    r"^\W*(?:(?:topic|memory|detail(?:ed)?|note|reference|related|linked|further)[ -]?"
    r"(?:files?|notes?|pages?|docs?|memories)"
    r"|links?|index|see also|references|more|details|pointers|table of contents|contents"
    r"|themendateien|verweise|siehe auch|liens|voir aussi|fichiers|enlaces|ver también|ligações|veja também"
    r"|collegamenti|vedi anche|ссылки|файлы|см\. также|主题文件|相关文件|链接|索引"
    r"|トピックファイル|リンク|関連|目次|링크|관련|색인)\W*$",
    re.IGNORECASE,
)
_FEWEST = 3  # pointers that make a section the place for them


def insertions(
    draft: Draft, themes: Sequence[Theme], removed: set[int], summaries: dict[str, str]
) -> dict[int, list[str]]:
    """Return the lines to be added, by the number of the line that they go before.

    They go where the index file keeps its pointers; else to the end of the section that they stand for,
    where something of it stays; else below the title, before the first section.
    """
    linked = _linked(draft, removed)
    home = _home(draft, removed)
    found: dict[int, list[str]] = {}
    for theme in themes:
        if theme.path in linked:
            continue
        section = home or _origin(draft, theme, removed)
        at = _end_of_own(draft, section, removed)
        line = draft.style.line(theme.title, theme.path, summaries[theme.path], LONG)
        found.setdefault(at, []).append(line)
    return found


def _linked(draft: Draft, removed: set[int]) -> set[str]:
    """Return the topic files that the kept part of the index file links."""
    found: set[str] = set()
    start = 0
    for line in [*sorted(removed), len(draft.lines)]:
        if line > start:
            span = Span(draft.lines.offset(start), draft.lines.offset(line))
            found |= {path for path, _ in draft.names.linked(draft.index, span)}
        start = line + 1
    return found


def _home(draft: Draft, removed: set[int]) -> Node | None:
    """Return the section in which the index file keeps its pointers."""
    best: tuple[int, Node] | None = None
    for section in draft.root.sections():
        if not section.has_heading or section.first in removed:
            continue
        own = [part for part in section.parts if isinstance(part, Atom) and part.first not in removed]
        pointers = sum(atom in draft.pointers for atom in own)
        if _HOME.match(section.title) and (pointers or not own):
            return section
        if pointers >= _FEWEST and pointers * 3 >= len(own) * 2 and (best is None or pointers > best[0]):
            best = (pointers, section)
    return best[1] if best else None


def _origin(draft: Draft, theme: Theme, removed: set[int]) -> Node:
    """Return the section whose end the pointer of a theme belongs to."""
    title = title_section(draft)
    only = theme.sections[0] if len(theme.sections) == 1 else draft.root
    if only.has_heading and only.first not in removed:
        return only
    return title or draft.root


def _end_of_own(draft: Draft, section: Node, removed: set[int]) -> int:
    """Return the line before which a pointer of a section goes: the end of its own content."""
    inner = next((part.first for part in section.parts if isinstance(part, Node) and part.has_heading), None)
    end = section.end if inner is None else inner
    start = section.body if section.level else section.first
    is_flat = section is draft.root or section is title_section(draft)
    kept = [line for line in range(start, end) if line not in removed and not draft.lines.is_blank(line)]
    if is_flat and inner is None:
        return _old_end(draft, start, end, kept)
    if not kept:
        return start
    return kept[-1] + 1


def _old_end(draft: Draft, start: int, end: int, kept: list[int]) -> int:
    """Return the line of a pointer in a file without sections: the first gap, so the newest stay last."""
    title = title_section(draft) or draft.root
    stays = set(kept)
    for part in title.parts:
        if start <= part.first < end and not stays.issuperset(range(part.first, part.end)):
            return part.first
    return kept[-1] + 1 if kept else start
