"""Files of a store after entries have moved."""

import re
from collections.abc import Iterable, Sequence
from itertools import pairwise

from memoryd.domain.compaction.draft import Draft
from memoryd.domain.compaction.long_entries import LONG, appended
from memoryd.domain.compaction.parts.atoms import LABEL, Atom, Node
from memoryd.domain.compaction.tidy import ATX
from memoryd.domain.compaction.topics.pointer_lines import insertions
from memoryd.domain.compaction.topics.portions import title_section
from memoryd.domain.compaction.topics.summary import summary
from memoryd.domain.compaction.topics.themes import Theme
from memoryd.domain.markdown.plain_text import plain_text
from memoryd.domain.stores.snapshot import keep_last
from memoryd.domain.text.phrases import shorten
from memoryd.values import dataclass, regex

_ITEM = regex(r"\s*(?:[-*+]|\d+[.)])\s")
_LONGEST_SUMMARY = 150  # characters
_FEW = 2  # entries beside which a topic's own description has all the room
_LEAST_SUMMARY = 60  # characters, however long title and path are


def arranged(draft: Draft, themes: Sequence[Theme]) -> dict[str, bytes]:
    """Return the new content of the index file and of each topic file that grows, by path."""
    gone = _gone(draft, themes)
    summaries = {theme.path: _summary(draft, theme) for theme in themes}
    files: dict[str, bytes] = {}
    for theme in themes:
        content = _Topic(draft, theme, gone, summaries[theme.path]).content()
        if content is not None:
            files[theme.path] = content
    files[draft.index.path] = _index(draft, themes, gone, summaries)
    return files


def largest_index(draft: Draft, themes: Sequence[Theme]) -> bytes:
    """Return the index file with pointers as long as they can be: cheap to make, and an upper bound."""
    return _index(
        draft, themes, _gone(draft, themes), {theme.path: "x" * _room(draft, theme) for theme in themes}
    )


def _gone(draft: Draft, themes: Sequence[Theme]) -> dict[int, Node]:
    """Return the sections that leave whole, by identity: none of it stays, and it can be read alone."""
    found: dict[int, Node] = {}
    leaving = {atom for theme in themes for atom in theme.atoms}
    title = title_section(draft)

    def walk(section: Node) -> bool:
        inner = [walk(part) if isinstance(part, Node) else part in leaving for part in section.parts]
        is_gone = bool(section.level) and section is not title and all(inner) and draft.can_move(section)
        if is_gone and (any(True for _ in section.atoms()) or not section.parts):
            found[id(section)] = section
        return is_gone

    walk(draft.root)
    for section in list(found.values()):  # an empty section leaves only with the one that it is part of
        if not any(True for _ in section.atoms()) and id(section.above) not in found:
            del found[id(section)]
    return found


def _summary(draft: Draft, theme: Theme) -> str:
    own = theme.path  # is said already
    texts = tuple(draft.text(atom).replace(own, "") for atom in theme.atoms)
    titles = tuple(section.title for section in theme.sections) if len(theme.sections) > 1 else ()
    known, room = f"{theme.title} {theme.path}", _room(draft, theme)
    topic = draft.snapshot.documents.get(theme.path)
    told = plain_text(topic.description) if topic else ""
    told = shorten(told, room if len(texts) <= _FEW else room // 2)
    more = summary(texts, titles, f"{known} {told}", room - len(told) - 2 * bool(told))
    return "; ".join(part for part in (told, more) if part)


def _room(draft: Draft, theme: Theme) -> int:
    """Return how many characters a summary may have."""
    start = len(draft.style.line(theme.title, theme.path, "")) + len(draft.style.dash) + 2
    return max(min(LONG - start, _LONGEST_SUMMARY), _LEAST_SUMMARY)


class _Topic:
    """One topic file that grows."""

    def __init__(self, draft: Draft, theme: Theme, gone: dict[int, Node], hook: str) -> None:
        known = draft.snapshot.documents.get(theme.path)
        self._draft = draft
        self._theme = theme
        self._gone = gone
        self._hook = hook
        self._known = known.raw if known else None
        text = (self._known or b"").replace(b"\r\n", b"\n").decode(errors="replace")
        self._old = "\n" + text.rstrip("\n") + "\n"
        self._old_lines = {_bare(line) for line in text.split("\n")}
        self._atoms = {atom for atom in theme.atoms if not self._has(draft.text(atom))}
        self._assigned = set(theme.atoms)
        self._title = title_section(draft)
        self._out: list[str] = []
        self._last_block = -1

    def content(self) -> bytes | None:
        """Return the bytes of the file; None where everything is there already."""
        theme, known = self._theme, self._known
        for section in theme.sections:
            self._section(section, is_named=known is None and len(theme.sections) == 1)
        text = "".join(self._out)
        if not text:
            return None
        text += self._draft.definitions(text)
        if known is None:
            title = "" if text.startswith("# ") else f"# {theme.title}\n\n"
            stem = theme.path.rpartition("/")[2].removesuffix(".md")
            body = (title + text).replace("\n", self._draft.style.eol)
            return self._draft.style.topic(stem, self._hook, body).encode()
        return appended(known, text)

    def _section(self, section: Node, *, is_named: bool) -> None:
        """Append the part of a section that goes here, below its heading."""
        if id(section) in self._gone:
            self._whole(section, is_named=is_named)
            return
        is_file = section is self._title or not section.level
        mine = [part for part in section.parts if self._is_mine(part, is_file=is_file)]
        if not mine:
            return
        if not is_file and not (is_named and section.has_heading):
            self._append(self._draft.lines.text(section.first, section.body), -1)
        for part in mine:
            if isinstance(part, Atom):
                self._append(self._draft.text(part), part.block)
            else:
                self._section(part, is_named=False)

    def _is_mine(self, part: Atom | Node, *, is_file: bool) -> bool:
        if isinstance(part, Atom):
            return part in self._atoms
        if is_file and part.has_heading and part is not self._title:
            return False
        is_gone = id(part) in self._gone
        return any(atom in (self._assigned if is_gone else self._atoms) for atom in part.atoms())

    def _whole(self, section: Node, *, is_named: bool) -> None:
        """Append a section that leaves whole: line by line as it is, without what is here already."""
        draft = self._draft
        if all(atom in self._atoms for atom in section.atoms()):
            text = draft.text(section)
            self._append(self._raised(section, text) if is_named else text, -1)
            return
        for line in self._furniture(section):  # heads, comments and rules between the entries
            if not self._has(draft.lines.text(line, line + 1)):
                self._append(draft.lines.text(line, line + 1), -1)
        for part in section.parts:
            if isinstance(part, Atom):
                if part in self._atoms:
                    self._append(draft.text(part), part.block)
            else:
                self._whole(part, is_named=False)

    def _furniture(self, section: Node) -> Iterable[int]:
        inside = {line for part in section.parts for line in range(part.first, part.end)}
        return [
            line
            for line in range(section.first, section.end)
            if line not in inside and not self._draft.lines.is_blank(line)
        ]

    def _raised(self, section: Node, text: str) -> str:
        """Return a section with its headings raised so that its own is the title of the file."""
        if section.level <= 1 or not section.has_heading:
            return text
        lines = text.split("\n")
        for inner in section.sections():
            at = inner.first - section.first
            if inner.has_heading and ATX.match(lines[at].encode()):
                lines[at] = lines[at].lstrip(" ")[section.level - 1 :]
        return "\n".join(lines)

    def _append(self, text: str, block: int) -> None:
        text = text.replace("\r\n", "\n").strip("\n") + "\n"
        if self._out and not (block >= 0 and block == self._last_block):
            both = _ITEM.match(self._out[-1]) and _ITEM.match(text) and block >= 0 <= self._last_block
            self._out.append("" if both else "\n")
        self._out.append(text)
        self._last_block = block

    def _has(self, text: str) -> bool:
        """Return whether the file has a block already, line for line."""
        block = text.replace("\r\n", "\n").strip("\n")
        if "\n" not in block and _bare(block) in self._old_lines:
            return True
        return f"\n{block}\n" in self._old


def _bare(line: str) -> str:
    """Return a line as it is compared: a heading of any level is the same."""
    stripped = line.rstrip("\r")
    return re.sub(r"^ {0,3}#{1,6}(?=[ \t]|$)", "#", stripped)


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of the new index file, its old number and that of its block; negative for a pointer."""

    text: bytes
    number: int
    block: int


def _index(
    draft: Draft,
    themes: Sequence[Theme],
    gone: dict[int, Node],
    summaries: dict[str, str],
) -> bytes:
    """Return the index file without what left, and with its pointers."""
    lines = draft.lines
    removed = {line for theme in themes for atom in theme.atoms for line in range(atom.first, atom.end)}
    removed |= {line for section in gone.values() for line in range(section.first, section.end)}
    pointers = insertions(draft, themes, removed, summaries)
    blocks = _blocks(draft)
    eol = draft.style.eol.encode()
    kept: list[_Line] = []
    for number in range(len(lines) + 1):
        kept += (_Line(text.encode() + eol, -1, -1) for text in pointers.get(number, ()))
        if number < len(lines) and number not in removed:
            kept.append(_Line(lines.raw(number, number + 1), number, blocks.get(number, -number - 2)))
    return lines.mark + _joined(kept, eol)


def _joined(kept: list[_Line], eol: bytes) -> bytes:
    """Return the text of lines; where something was removed or added, blocks are parted by one blank line."""
    out: list[bytes] = []
    blanks: list[_Line] = []
    last: _Line | None = None
    for line in kept:
        if not line.text.strip():
            blanks.append(line)
            continue
        if last is not None and not last.text.endswith(b"\n"):
            out[-1] += eol
        numbers = [each.number for each in (*((last,) if last else ()), *blanks, line)]
        is_cut = any(after != before + 1 for before, after in pairwise(numbers)) or min(numbers) < 0
        if not is_cut and (last or line.number == len(blanks)):
            out += [each.text for each in blanks]
        elif last is not None and (blanks or _are_apart(last, line)):
            out.append(eol)
        out.append(line.text)
        last, blanks = line, []
    out += [each.text for each in blanks if last is not None and last.number >= 0]
    return b"".join(out)


def _are_apart(one: _Line, other: _Line) -> bool:
    """Return whether two lines that now follow each other need a blank line between."""
    if (_is_item(one.text) and _is_item(other.text)) or ATX.match(one.text) or ATX.match(other.text):
        return False
    return one.block != other.block


def _is_item(line: bytes) -> bool:
    return bool(_ITEM.match(line.decode(errors="replace")))


@keep_last(2)  # asked for every number of entries that is tried
def _blocks(draft: Draft) -> dict[int, int]:
    """Return the number of the top-level block of every line that is part of one."""
    found: dict[int, int] = {}
    for section in draft.root.sections():
        if section.level > LABEL and (first := next(section.atoms(), None)):
            found.update(dict.fromkeys(range(section.first, section.end), first.block))
    for atom in draft.atoms:
        found.update(dict.fromkeys(range(atom.first, atom.end), atom.block))
    return found
