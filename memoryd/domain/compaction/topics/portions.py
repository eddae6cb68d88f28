"""Portions: entries of one section that leave together."""

from collections import Counter

from memoryd.domain.compaction.draft import Draft, shares_of
from memoryd.domain.compaction.long_entries import LONG
from memoryd.domain.compaction.parts.atoms import Atom, Node
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import keep_last
from memoryd.values import dataclass

_PREFIX = 3  # topics whose file names begin with one word are one kind
_MANY = 50  # pointers of one type are split by the prefix of their file names
EARLIER = "Earlier notes"
"""The title of entries below no heading, or one without words."""


@dataclass(frozen=True, slots=True)
class Portion:
    """Entries of one outermost section, or of one kind below no section."""

    section: Node
    title: str
    atoms: tuple[Atom, ...]
    share: float
    size: int


def portions_of(draft: Draft, leaving: list[Atom]) -> list[Portion]:
    """Return the entries that leave, in order, by the sections that they come from."""
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
        groups.setdefault((id(section), section.title or kinds.get(atom, EARLIER), key), []).append(atom)
    return [
        Portion(
            sections[identity],
            title,
            tuple(atoms),
            sum(map(shares.__getitem__, atoms)),
            sum(len(draft.text(atom)) for atom in atoms),
        )
        for (identity, title, _), atoms in groups.items()
    ]


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
            found.append(EARLIER)
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
