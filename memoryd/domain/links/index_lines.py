"""Index lines for topic files that have none."""

import re
from collections.abc import Iterable

from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.limits.budget import NEAR, budget_of, used
from memoryd.domain.links.names import Names
from memoryd.domain.links.pointers import Pointer
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.domain.markdown.plain_text import escaped, escaped_around_code, hook_of, plain_text
from memoryd.domain.stores.filenames import is_about_files, is_dated
from memoryd.domain.stores.leftovers import original
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.style import Style, style_of
from memoryd.domain.stores.tombstones import is_tombstone
from memoryd.domain.text.phrases import shorten

_LONGEST_TITLE = 80
_MANY = 40  # topics
_FEW = 0.1  # of them


def leads_its_store(topics: int, reached: int) -> bool:
    """Return whether an index file is a table of contents of its store, by the topics that it reaches.

    Beside one that reaches next to none of many, there are documents that are no memory.
    """
    return topics < _MANY or reached >= topics * _FEW


def belongs_in_index(snapshot: Snapshot, topic: Document) -> bool:
    """Return whether the index file should have a line for a topic file.

    Logs named by their date, READMEs, templates, copies left behind by other programs, empty files and
    files that only say where their content went need none.
    """
    return (
        bool(topic.source[topic.body :].strip())
        and not is_dated(topic.path)
        and not is_about_files(topic.path)
        and not original(topic.path, snapshot.documents, snapshot.store.profile.index_name)
        and not is_tombstone(topic)
    )


def index_line(topic: Document, style: Style) -> str:
    """Return the line of a topic file in an index file, without line end."""
    return style.line(_title(topic), topic.path, _hook(topic))


def listed(snapshot: Snapshot, pointers: tuple[Pointer, ...], topics: Iterable[Document]) -> dict[str, Fix]:
    """Return, by path, a fix for each topic that adds a line to the index file, as long as all of them fit.

    Each fix can be applied alone or with the others.

    Args:
        snapshot: The store.
        pointers: The pointers of its index file.
        topics: The topic files that lack a line.
    """
    index, budget, profile = snapshot.index, budget_of(snapshot), snapshot.store.profile
    if index is None or budget is None or index.undecodable is not None or not profile.rewrites:
        return {}
    if budget.is_over:
        return {}
    at, gap = _place(index, pointers)
    style = style_of(snapshot)
    eol = "\r\n" if index.source[:at].endswith(b"\r\n") else "\n" if at else style.eol
    closed = not index.source[:at] or index.source[:at].endswith(b"\n")
    lines: dict[str, str] = {}
    added = gap
    for topic in topics:
        line = index_line(topic, style)
        more = added + (f"{line}{eol}" if closed else f"{eol}{line}").encode()
        share = used(index.source[:at] + more + index.source[at:], profile)
        if share > 1.0 or share >= NEAR > budget.used:
            break  # the agent would not see it, or the file would be near its limit (S002)
        lines[topic.path], added = line, more
    led_to = _led_to(snapshot, index.source[:at] + added + index.source[at:])
    fixes = {}
    for path, line in lines.items():
        if path in led_to:
            text = gap + (f"{line}{eol}" if closed else f"{eol}{line}").encode()
            changed = index.source[:at] + text + index.source[at:]
            title = f'add "{line}" to {index.path}'
            fixes[path] = Fix(title, Applicability.SAFE, (file_change(snapshot, index.path, changed),))
    return fixes


def _place(index: Document, pointers: tuple[Pointer, ...]) -> tuple[int, bytes]:
    """Return the offset for a new line, and the separator that goes before it.

    The line goes after the last list of pointers, or else to the end.
    """
    last = pointers[-1].line.start if pointers else -1
    for block in index.blocks:
        if block.kind is BlockKind.LIST and block.span.start <= last < block.span.end:
            return block.span.end, b""
    end = len(index.source)
    if not index.blocks or index.blocks[-1].kind is BlockKind.LIST or index.source.endswith(b"\n\n"):
        return end, b""
    return end, b"\r\n" if index.source.endswith(b"\r\n") else b"\n"


def _led_to(snapshot: Snapshot, changed: bytes) -> set[str]:
    """Return the files that the changed index file links to."""
    index = parse(snapshot.store.profile.index_name, changed)
    return {path for path, _ in Names(snapshot).linked(index, Span(0, len(index.source)))}


def _title(topic: Document) -> str:
    """Return the title of a topic: the name from its author, its heading, or its file name in words."""
    heading = next((each.text for each in topic.headings if each.level == 1 and each.text), "")
    name = topic.name if " " in topic.name else heading
    words = " ".join((name or re.sub(r"[-_]+", " ", topic.name or topic.stem)).split())
    return escaped(shorten(words if name else words[:1].upper() + words[1:], _LONGEST_TITLE).rstrip("…"))


def _hook(topic: Document) -> str:
    """Return the summary of a topic: its description, or its first informative words."""
    told = plain_text(topic.description) or hook_of(topic, Span(topic.body, len(topic.source)))
    return escaped_around_code(" ".join(told.split()))
