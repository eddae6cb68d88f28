"""One more note in a store."""

from dataclasses import replace

from memoryd.domain.edits.plan import Applicability, FileChange, Fix, file_change
from memoryd.domain.limits.budget import Budget
from memoryd.domain.limits.loaded import loaded_view
from memoryd.domain.links.index_lines import listed
from memoryd.domain.links.pointers import pointers
from memoryd.domain.links.targets import ResolvedLinks
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.style import file_for, stem_of, style_of
from memoryd.domain.stores.surroundings import Surroundings
from memoryd.domain.text.escape import visible_line
from memoryd.errors import MemorydError
from memoryd.values import regex

_BULLET = regex(r"[-*+](?: |$)")
_EMPTY = b"# Memory\n\n"


def note_text(text: str) -> str:
    """Return a note as one line without a bullet.

    Raises:
        MemorydError: If it is empty, or has control or hidden characters.
    """
    line = _without_bullet(" ".join(text.split()))
    if not line:
        raise MemorydError("the note is empty", 'write it in quotes: memoryd add AGENT "text"')
    if visible_line(line) != line:
        raise MemorydError("the note has control or hidden characters", "leave them out")
    return line


def find_note(snapshot: Snapshot, text: str) -> tuple[str, int] | None:
    """Return the path and line, from 1, of an entry that says exactly the same, or None."""
    for path, document in snapshot.documents.items():
        for entry in document.entries:
            written = " ".join(document.slice(entry.span).split())
            if _without_bullet(written).casefold() == text.casefold():
                return path, document.position(entry.span.start).line
    return None


def _without_bullet(line: str) -> str:
    found = _BULLET.match(line)
    return line[found.end() :] if found else line


def plan_note(snapshot: Snapshot, text: str, topic: str | None) -> Fix:
    """Return a fix that adds a note at the end of the index file, or of a topic file.

    A topic file that does not exist is created, with a line in the index file that links to it.

    Args:
        snapshot: The store.
        text: The note, in one line.
        topic: The name or title of the topic file; None for the index file.

    Raises:
        MemorydError: If the agent would not see the note, or the end of the file is not plain text.
    """
    index = snapshot.store.profile.index_name
    if topic is None:
        change = _appended(snapshot, index, text)
        _demand_seen(snapshot, change)
        return Fix(f"add a note to {index}", Applicability.SAFE, (change,))
    path = _topic_file(snapshot, topic)
    if path in snapshot.documents:
        return Fix(f"add a note to {path}", Applicability.SAFE, (_appended(snapshot, path, text),))
    style = style_of(snapshot)
    title = " ".join(topic.removesuffix(".md").split())
    body = f"# {title}{style.eol}{style.eol}{style.bullet} {text}{style.eol}"
    content = style.topic(path.removesuffix(".md"), title, body).encode()
    changes = (file_change(snapshot, path, content), _with_pointer(snapshot, parse(path, content)))
    return Fix(f"add a note to {path}, a new topic file", Applicability.SAFE, changes)


def _topic_file(snapshot: Snapshot, topic: str) -> str:
    """Return the path of the topic file that a name or title means."""
    wanted = topic.removesuffix(".md").casefold()
    for each in snapshot.topics:
        if wanted in {each.path.removesuffix(".md").casefold(), each.stem.casefold()}:
            return each.path
    if visible_line(topic) != topic or not any(map(str.isalnum, topic)):
        raise MemorydError(f'"{visible_line(topic)}" cannot be the name of a topic file', "use words")
    return file_for(stem_of(topic.removesuffix(".md"), style_of(snapshot)), snapshot)


def _appended(snapshot: Snapshot, path: str, text: str) -> FileChange:
    """Return the change that adds a line at the end of a file."""
    document = snapshot.documents.get(path)
    old = document.raw if document else _EMPTY
    eol = b"\r\n" if b"\r\n" in old else b"\n"
    before = old if not old or old.endswith(b"\n") else old + eol
    last = document.blocks[-1].kind if document and document.blocks else BlockKind.LIST
    gap = b"" if last is BlockKind.LIST or before.endswith(eol + eol) else eol
    line = f"{style_of(snapshot).bullet} {text}"
    after = before + gap + line.encode() + eol
    made = parse(path, after)
    if not any(made.slice(entry.span).strip() == line for entry in made.entries):
        raise MemorydError(
            f"the end of {path} would swallow the note, as an open code block or comment does",
            f"look at it: memoryd edit {snapshot.store.agent}",
        )
    return file_change(snapshot, path, after)


def _demand_seen(snapshot: Snapshot, change: FileChange) -> None:
    profile, after = snapshot.store.profile, change.after or b""
    budget = Budget(parse(profile.index_name, after), profile, loaded_view(after, profile))
    if budget.is_over:
        taken = ", ".join(f"{number:,} of {most:,} {unit}" for number, most, unit in budget.limits)
        raise MemorydError(
            f"the agent would not see the note: {profile.index_name} would have {taken}",
            f"`memoryd compact {snapshot.store.root}` makes room; --topic NAME uses a topic file",
        )


def _with_pointer(snapshot: Snapshot, topic: Document) -> FileChange:
    """Return the change of the index file that adds a line for a new topic file.

    Raises:
        MemorydError: If there is no room for it, or the index file cannot be changed.
    """
    name = snapshot.store.profile.index_name
    documents = {**snapshot.documents, topic.path: topic}
    documents.setdefault(name, parse(name, _EMPTY))
    grown = replace(snapshot, documents=documents)
    fix = listed(grown, pointers(ResolvedLinks(grown, Surroundings())), [topic]).get(topic.path)
    if fix is None:
        raise MemorydError(
            f"{name} has no room for a line that links to {topic.path}",
            f"`memoryd compact {snapshot.store.root}` makes room",
        )
    return file_change(snapshot, name, fix.changes[0].after)
