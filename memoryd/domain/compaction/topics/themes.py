"""Choice of topic files for entries."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from memoryd.domain.compaction.draft import Draft, shares_of
from memoryd.domain.compaction.long_entries import LONG
from memoryd.domain.compaction.parts.atoms import Atom, Node, span_of
from memoryd.domain.compaction.topics.subjects import is_usable, topic_of_subject
from memoryd.domain.compaction.topics.titles import (
    LONGEST_TITLE,
    clean_title,
    first_word,
    says_nothing,
)
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.plain_text import escaped
from memoryd.domain.stores.profiles import Profile
from memoryd.domain.stores.snapshot import keep_last
from memoryd.domain.stores.style import file_for, stem_of
from memoryd.domain.text.phrases import shorten

MOST_FILES = 5
"""New topic files of one compaction."""
_WORTH = 0.04  # of the limit: a theme of less shares a file with others
_POINTERS = 0.05  # of the limit that pointers to new files may take
_PREFIX = 3  # sections whose titles begin with one word are one theme
_FEW_WORDS = 5  # beside a link
_MANY = 50  # pointers of one type are split by the prefix of their file names
_REST = "Earlier notes"


@dataclass(frozen=True, slots=True)
class Theme:
    """One topic file and the entries that go to it.

    Attributes:
        path: The topic file, new or existing.
        title: What it is called, as Markdown that may be in a link.
        sections: The outermost sections that the entries come from, the whole file among them.
        atoms: The entries, in order.
    """

    path: str
    title: str
    sections: tuple[Node, ...]
    atoms: tuple[Atom, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """Entries of one outermost section, or of one kind below no section."""

    section: Node
    title: str
    atoms: tuple[Atom, ...]
    share: float


def themes_of(draft: Draft, leaving: Sequence[Atom]) -> tuple[Theme, ...]:
    """Return where the entries that leave go to.

    The entries of one section stay together. They go to the topic file that the section links, else to
    one of the same subject, else to a new file: of sections whose titles begin alike, of one big
    section, or of several small ones.
    """
    parts = _parts(draft, sorted(leaving, key=lambda atom: atom.first))
    targets: dict[str, list[_Part]] = {}
    titles: dict[str, str] = {}
    rest = []
    for part in parts:
        linked = _linked(draft, part)
        topic = linked[0] if linked else topic_of_subject(draft, part.title)
        if topic:
            targets.setdefault(topic.path, []).append(part)
            titles.setdefault(topic.path, (linked and escaped(linked[1])) or _title_of(topic))
        else:
            rest.append(part)
    for title, group in _new_files(rest, most_files(draft.budget.profile)):
        path = _path_for(draft, title)
        targets.setdefault(path, []).extend(group)
        titles.setdefault(path, escaped(title))
    themes = []
    for path, group in targets.items():
        atoms = sorted((atom for part in group for atom in part.atoms), key=lambda atom: atom.first)
        sections = sorted(
            {id(part.section): part.section for part in group}.values(), key=lambda each: each.first
        )
        themes.append(Theme(path, titles[path], tuple(sections), tuple(atoms)))
    return tuple(sorted(themes, key=lambda theme: theme.atoms[0].first))


def most_files(profile: Profile) -> int:
    """Return how many new files there may be: their pointers are to take little of the room."""
    lines = (profile.max_lines or MOST_FILES / _POINTERS) * _POINTERS
    units = (profile.max_units or MOST_FILES * LONG / _POINTERS) * _POINTERS / LONG
    return max(min(int(min(lines, units)), MOST_FILES), 1)


@keep_last(2)  # asked for every number of entries that is tried
def outermost(draft: Draft) -> dict[Atom, Node]:
    """Return for every entry the outermost section below the title; the whole file where there is none."""
    found: dict[Atom, Node] = {}
    title = title_section(draft)

    def walk(section: Node, within: Node) -> None:
        for part in section.parts:
            if isinstance(part, Atom):
                found[part] = within
            elif part is title or not part.has_heading or within is not draft.root:
                walk(part, within)
            else:
                walk(part, part)

    walk(draft.root, draft.root)
    return found


def title_section(draft: Draft) -> Node | None:
    """Return the section of a heading that is the title of the whole file; None without one."""
    first = [part for part in draft.root.parts if isinstance(part, Node) and part.has_heading]
    is_title = (
        len(first) == 1 and first[0].level == 1 and (not draft.atoms or draft.root.parts[0] is first[0])
    )
    return first[0] if is_title else None


def _parts(draft: Draft, leaving: list[Atom]) -> list[_Part]:
    homes, shares = outermost(draft), shares_of(draft)
    groups: dict[tuple[int, str, int], list[Atom]] = {}
    sections: dict[int, Node] = {}
    flat = [atom for atom in leaving if not homes[atom].has_heading]
    kinds = dict(zip(flat, _kinds(draft, flat), strict=True))
    for atom in leaving:
        section = homes[atom]
        sections[id(section)] = section
        is_alone = not section.has_heading and atom in draft.pointers and len(draft.text(atom)) > LONG
        key = atom.first if is_alone else -1
        groups.setdefault((id(section), section.title or kinds[atom], key), []).append(atom)
    return [
        _Part(sections[identity], title, tuple(atoms), sum(map(shares.__getitem__, atoms)))
        for (identity, title, _), atoms in groups.items()
    ]


def _kinds(draft: Draft, atoms: list[Atom]) -> list[str]:
    """Return what entries below no heading are: pointers by the type of their topic, or notes."""
    topics = [_topic_of(draft, atom) for atom in atoms]
    types = [topic.front_matter.type if topic and topic.front_matter else "" for topic in topics]
    prefixes = [_prefix(topic) for topic in topics]
    common, by_type = Counter(prefixes), Counter(types)
    found = []
    for topic, kind, prefix in zip(topics, types, prefixes, strict=True):
        shared = prefix if common[prefix] >= _PREFIX and prefix != kind else ""
        if topic is None:
            found.append(_REST)
        elif kind and by_type[kind] > _MANY and shared:
            found.append(f"{kind.capitalize()} notes: {shared}")
        else:
            found.append(f"{(kind or shared or 'earlier').capitalize()} notes")
    return found


def _topic_of(draft: Draft, atom: Atom) -> Document | None:
    """Return the topic file that an entry points at first."""
    if atom not in draft.pointers:
        return None
    paths = (
        path for path, _ in draft.names.led_to(draft.index, draft.span(atom)) if path != draft.index.path
    )
    return next((draft.snapshot.documents[path] for path in paths), None)


def _prefix(topic: Document | None) -> str:
    """Return the first word of a topic's file name, the second where the first is its type."""
    if topic is None:
        return ""
    words = topic.stem.replace("_", "-").casefold().split("-")
    kind = topic.front_matter.type if topic.front_matter else ""
    return words[1] if len(words) > 1 and words[0] == kind else words[0]


def _linked(draft: Draft, part: _Part) -> tuple[Document, str] | None:
    """Return the one topic file that a section or a long entry points at, and the text of the link.

    A heading points at what it links, an entry at what it begins with or says little beside; a list of
    pointers points at nothing in particular.
    """
    if part.section.has_heading:
        spans = [span_of(draft.lines, part.section.first, part.section.body)]
        spans += [draft.span(atom) for atom in part.section.atoms() if _points(draft, atom)]
    elif len(part.atoms) == 1 and len(draft.text(part.atoms[0])) > LONG:
        spans = [draft.span(part.atoms[0])]
    else:
        return None
    linked = {
        path: text
        for span in reversed(spans)
        for path, text in draft.names.linked(draft.index, span)
        if path != draft.index.path
    }
    if len(linked) != 1:
        return None
    ((path, text),) = linked.items()
    if not is_usable(draft, path):
        return None
    topic = draft.snapshot.documents[path]
    return None if draft.lists.have(topic) else (topic, text)


def _points(draft: Draft, atom: Atom) -> bool:
    """Return whether an entry is there to point at what it links."""
    if atom not in draft.pointers:
        return False
    text = draft.text(atom)
    rest = re.sub(r"!?\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])?", " ", text)
    return (
        bool(re.match(r"\s*(?:[-*+]|\d+[.)])\s+[*_]*\[", text)) or len(re.findall(r"\w+", rest)) <= _FEW_WORDS
    )


def _new_files(parts: list[_Part], most: int) -> list[tuple[str, list[_Part]]]:
    """Return the title and the parts of each new file: big themes have their own, small ones share one."""
    groups = _by_prefix(parts)
    big = [(title, group) for title, group in groups if title and sum(part.share for part in group) >= _WORTH]
    big.sort(key=lambda each: -sum(part.share for part in each[1]))
    own = big if len(big) == len(groups) and len(big) <= most else big[: most - 1]
    taken = {id(part) for _, group in own for part in group}
    rest = [part for part in parts if id(part) not in taken]
    return [*own, (_rest_title(rest), rest)] if rest else own


def _rest_title(parts: list[_Part]) -> str:
    """Return the title of a file for small parts: that of the only one, else a general one."""
    titles = {clean_title(part.title) for part in parts}
    (only,) = titles if len(titles) == 1 else ("",)
    return only if only and not says_nothing(only) else _REST


def _by_prefix(parts: list[_Part]) -> list[tuple[str, list[_Part]]]:
    """Return the parts by theme: the first word of several titles, else the title, if it says anything."""
    firsts = Counter(first_word(part.title) for part in parts)
    groups: dict[str, list[_Part]] = {}
    for part in parts:
        first = first_word(part.title)
        shared = bool(first) and firsts[first] >= _PREFIX
        title = f"{first[:1].upper()}{first[1:]} notes" if shared else clean_title(part.title)
        groups.setdefault("" if not shared and says_nothing(title) else title, []).append(part)
    return list(groups.items())


def _path_for(draft: Draft, title: str) -> str:
    """Return the path of the topic file for a title: one that can be created or appended to."""
    stem = stem_of(title, draft.style)
    for number in range(1, len(draft.snapshot.documents) + len(draft.snapshot.unread) + 2):
        path = file_for(stem if number == 1 else f"{stem}{draft.style.joint}{number}", draft.snapshot)
        unread = {each.path.casefold() for each in draft.snapshot.unread}
        if path.casefold() not in unread and (path not in draft.snapshot.documents or is_usable(draft, path)):
            return path
    raise AssertionError("more names than files were tried")


def _title_of(topic: Document) -> str:
    heading = next((each.text for each in topic.headings if each.level == 1 and each.text), "")
    words = re.sub(r"[-_]+", " ", topic.stem)
    return escaped(
        shorten(" ".join(heading.split()) or words[:1].upper() + words[1:], LONGEST_TITLE).rstrip("…")
    )
