"""Choice of topic files for entries."""

import re
from collections.abc import Sequence

from memoryd.domain.compaction.draft import Draft
from memoryd.domain.compaction.parts.atoms import Atom, Node
from memoryd.domain.compaction.topics.new_files import LEAST_FILE, most_files, new_files, path_for
from memoryd.domain.compaction.topics.portions import Portion, portions_of
from memoryd.domain.compaction.topics.subjects import linked_topic, topic_of_subject, topic_of_words
from memoryd.domain.compaction.topics.titles import LONGEST_TITLE
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.plain_text import escaped
from memoryd.domain.text.phrases import shorten
from memoryd.values import dataclass


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


def themes_of(draft: Draft, leaving: Sequence[Atom]) -> tuple[Theme, ...]:
    """Return where the entries that leave go to.

    The entries of one section stay together. They go to the topic file that the section links, else to
    one of the same subject, else to a new file: of sections whose titles begin alike, of one big
    section, or of several small ones. What is too little for a new file goes to the topic file whose own
    words lead to most of it, if there is one.
    """
    targets: dict[str, list[Portion]] = {}
    titles: dict[str, str] = {}
    rest = []
    for portion in portions_of(draft, sorted(leaving, key=lambda atom: atom.first)):
        linked = linked_topic(draft, portion)
        topic = linked[0] if linked else topic_of_subject(draft, portion.title)
        if topic:
            targets.setdefault(topic.path, []).append(portion)
            titles.setdefault(topic.path, (linked and escaped(linked[1])) or _title_of(topic))
        else:
            rest.append(portion)
    if rest and sum(portion.size for portion in rest) < LEAST_FILE and (topic := topic_of_words(draft, rest)):
        targets.setdefault(topic.path, []).extend(rest)
        titles.setdefault(topic.path, _title_of(topic))
        rest = []
    for title, group in new_files(rest, most_files(draft.budget.profile)):
        path = path_for(draft, title)
        targets.setdefault(path, []).extend(group)
        titles.setdefault(path, escaped(title))
    themes = []
    for path, group in targets.items():
        atoms = sorted((atom for portion in group for atom in portion.atoms), key=lambda atom: atom.first)
        sections = sorted(
            {id(portion.section): portion.section for portion in group}.values(), key=lambda each: each.first
        )
        themes.append(Theme(path, titles[path], tuple(sections), tuple(atoms)))
    return tuple(sorted(themes, key=lambda theme: theme.atoms[0].first))


def _title_of(topic: Document) -> str:
    heading = next((each.text for each in topic.headings if each.level == 1 and each.text), "")
    words = re.sub(r"[-_]+", " ", topic.stem)
    return escaped(
        shorten(" ".join(heading.split()) or words[:1].upper() + words[1:], LONGEST_TITLE).rstrip("…")
    )
