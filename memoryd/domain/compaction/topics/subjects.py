"""Topic files that can take the text of a section."""

from memoryd.domain.compaction.draft import Draft
from memoryd.domain.compaction.topics.titles import clean_title, subject_of
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import keep_last
from memoryd.domain.stores.style import stem_of


def is_usable(draft: Draft, path: str) -> bool:
    """Return whether text may be appended to a topic file, and its links still lead where they led."""
    document = draft.snapshot.documents.get(path)
    if document is None or "/" in path or document.undecodable is not None:
        return False
    return all(each.path != path for each in draft.snapshot.unread)


def topic_of_subject(draft: Draft, title: str) -> Document | None:
    """Return the topic file whose name or title says the same as a title."""
    wanted = subject_of(title)
    stems = {stem_of(each, draft.style).casefold() for each in (title, clean_title(title)) if each}
    for topic, subjects in _subjects(draft):
        if topic.stem.casefold() in stems:
            return topic
        for subject in subjects:
            if len(wanted & subject) >= 2 and len(wanted & subject) * 3 >= len(wanted | subject) * 2:  # noqa: PLR2004  # one word may be chance
                return topic
    return None


@keep_last(2)  # asked for every section
def _subjects(draft: Draft) -> tuple[tuple[Document, tuple[frozenset[str], ...]], ...]:
    """Return the topic files that can take text, each with what its names say."""
    return tuple(
        (
            topic,
            tuple(
                subject_of(name)
                for name in (topic.stem, topic.name, *(heading.text for heading in topic.headings[:1]))
            ),
        )
        for topic in draft.snapshot.topics
        if is_usable(draft, topic.path)
    )
