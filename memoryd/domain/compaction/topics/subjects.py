"""Topic files that can take the text of a section."""

import re
from collections.abc import Mapping, Sequence

from memoryd.domain.compaction.draft import Draft
from memoryd.domain.compaction.long_entries import LONG
from memoryd.domain.compaction.parts.atoms import Atom, span_of
from memoryd.domain.compaction.topics.portions import Portion
from memoryd.domain.compaction.topics.terms import TopicTerms
from memoryd.domain.compaction.topics.titles import clean_title, says_nothing, subject_of
from memoryd.domain.links.names import Reach
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import keep_last
from memoryd.domain.stores.style import stem_of

_FEW_WORDS = 5  # beside a link
_LEAST_COVERED = 0.5  # of the lines: a topic whose own words lead to so many is about the same
_BETTER = 1.3  # times what the second best covers; ordinary words lead to every topic


def is_usable(draft: Draft, path: str) -> bool:
    """Return whether text may be appended to a topic file, and its links still lead where they led."""
    document = draft.snapshot.documents.get(path)
    if document is None or "/" in path or document.undecodable is not None:
        return False
    return all(each.path != path for each in draft.snapshot.unread)


def linked_topic(draft: Draft, portion: Portion) -> tuple[Document, str] | None:
    """Return the one topic file that a section or a long entry points at, and the text of the link.

    A heading points at what it links, an entry at what it begins with or says little beside; a list of
    pointers points at nothing in particular.
    """
    if portion.section.has_heading:
        spans = [span_of(draft.lines, portion.section.first, portion.section.body)]
        spans += [draft.span(atom) for atom in portion.section.atoms() if _points(draft, atom)]
    elif len(portion.atoms) == 1 and len(draft.text(portion.atoms[0])) > LONG:
        spans = [draft.span(portion.atoms[0])]
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


def topic_of_subject(draft: Draft, title: str) -> Document | None:
    """Return the topic file whose name, title or pointer says the same as a title."""
    wanted = subject_of(title)
    stems = {stem_of(each, draft.style).casefold() for each in (title, clean_title(title)) if each}
    for topic, subjects in _subjects(draft):
        if topic.stem.casefold() in stems:
            return topic
        for subject in subjects:
            if len(wanted & subject) >= 2 and len(wanted & subject) * 3 >= len(wanted | subject) * 2:  # noqa: PLR2004  # one word may be chance
                return topic
    clean = clean_title(title).casefold()
    if len(wanted) < 2 or says_nothing(clean):  # noqa: PLR2004  # one word may be chance
        return None
    texts = _pointer_texts(draft)
    listed = re.compile(rf"(?:[\[,;—–-]|^)\s*{re.escape(clean)}\s*(?:[,;\]]|$)", re.IGNORECASE | re.MULTILINE)
    named = [topic for topic, _ in _subjects(draft) if listed.search(texts.get(topic.path, ""))]
    return named[0] if len(named) == 1 and not draft.lists.have(named[0]) else None


def topic_of_words(draft: Draft, portions: Sequence[Portion]) -> Document | None:
    """Return the topic file whose title, description and pointer lead to most lines of some portions."""
    terms = TopicTerms(
        line
        for portion in portions
        for atom in portion.atoms
        for line in draft.text(atom).split("\n")
        if line.strip()
    )
    topics = [topic for topic, _ in _subjects(draft) if not draft.lists.have(topic)]
    covered = sorted(
        ((terms.covered_by(_said_of(draft, topic)), topic) for topic in topics), key=lambda each: -each[0]
    )
    second = covered[1][0] if len(covered) > 1 else 0.0
    is_one = bool(covered) and covered[0][0] >= max(_LEAST_COVERED, _BETTER * second)
    return covered[0][1] if is_one else None


def _said_of(draft: Draft, topic: Document) -> str:
    """Return the words by which a reader of the index file finds a topic."""
    stem = re.sub(r"[-_]+", " ", topic.stem)
    return " ".join((stem, _title_of(topic), topic.description, _pointer_texts(draft).get(topic.path, "")))


def _points(draft: Draft, atom: Atom) -> bool:
    """Return whether an entry is there to point at what it links."""
    if atom not in draft.pointers:
        return False
    text = draft.text(atom)
    rest = re.sub(r"!?\[[^\]\n]*\](?:\([^)\n]*\)|\[[^\]\n]*\])?", " ", text)
    return (
        bool(re.match(r"\s*(?:[-*+]|\d+[.)])\s+[*_]*\[", text)) or len(re.findall(r"\w+", rest)) <= _FEW_WORDS
    )


@keep_last(2)
def _pointer_texts(draft: Draft) -> Mapping[str, str]:
    """Return the text of the list items that lead to each topic file, by its path."""
    found: dict[str, str] = {}
    for atom in draft.atoms:
        if atom in draft.pointers:
            for path, how in draft.names.led_to(draft.index, draft.span(atom)):
                if how is Reach.LINK and path != draft.index.path:
                    found[path] = found.get(path, "") + draft.text(atom)
    return found


def _title_of(topic: Document) -> str:
    return next((heading.text for heading in topic.headings[:1] if heading.level == 1), "")


@keep_last(2)  # asked for every section
def _subjects(draft: Draft) -> tuple[tuple[Document, tuple[frozenset[str], ...]], ...]:
    """Return the topic files that can take text, each with what its names say."""
    return tuple(
        (
            topic,
            tuple(subject_of(name) for name in (topic.stem, topic.name, _title_of(topic))),
        )
        for topic in draft.snapshot.topics
        if is_usable(draft, topic.path)
    )
