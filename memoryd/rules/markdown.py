"""F: the form of files."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.git.conflict_markers import conflicts
from memoryd.domain.limits.budget import NEAR, used
from memoryd.domain.links.destinations import file_paths
from memoryd.domain.links.index_lines import belongs_in_index, index_line
from memoryd.domain.links.names import Names, Reach
from memoryd.domain.markdown.document import Document, parse
from memoryd.domain.markdown.model import BlockKind, Span
from memoryd.domain.stores.filenames import is_snapshot
from memoryd.domain.stores.leftovers import original
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.stores.style import style_of
from memoryd.domain.text.phrases import counted
from memoryd.domain.text.utf16 import js_trim
from memoryd.values import regex

# Names of files that are filled and emptied again.
_CONTAINER = regex(
    r"(?:[\w-]+[-_])?(?:inbox|outbox|mailbox|queue|scratch(?:pad)?|todos?|tasks?|log|journal|buffer"
    r"|backlog|tmp|temp)(?:[-_][\w-]+)?\.md",
    re.IGNORECASE,
)
_MOST_CONFLICTS = 100  # reported per file


@rule("F006", "missing-index", Severity.WARNING)
def missing_index(context: RuleContext) -> Iterator[Finding]:
    """There are topic files but no index file, so the agent does not find them.

    Only the index file is loaded at the start. Its name is case-exact: `memory.md` is not `MEMORY.md`. Dated
    logs, READMEs and templates alone need no index file. The fix creates one with a line per topic file,
    unless that would be near the limit from the start.

    Found in:
        --- deploy.md
        Ship on Mondays.

    Silent in:
        --- 2026-02-03-deploy.md
        Shipped.
        --- README.md
        One file a day.
    """
    snapshot = context.snapshot
    name = snapshot.store.profile.index_name
    taken = {*snapshot.documents, *(each.path for each in snapshot.unread)}
    topics = [topic for topic in snapshot.topics if belongs_in_index(snapshot, topic)]
    if name in taken or not topics or not snapshot.store.profile.leads:
        return
    alike = next((path for path in taken if path.casefold() == name.casefold()), None)
    files = counted(len(topics), "topic file", "topic files")
    message = f"{name} is missing: an agent does not know of the {files} here"
    fix = None if alike else _new_index(snapshot, topics)
    if alike:
        message = f'{name} is missing: "{alike}" is not loaded, since names are case-sensitive'
    yield Finding(parse(name, b""), Span(0, 0), message, fix=fix)


def _new_index(snapshot: Snapshot, topics: list[Document]) -> Fix | None:
    store = snapshot.store
    style = style_of(snapshot)
    content = "".join(index_line(topic, style) + style.eol for topic in topics).encode()
    linked = [file_paths(link.destination) for link in parse("", content).links]
    whole = len(linked) == len(topics) and all(
        topic.path in paths for topic, paths in zip(topics, linked, strict=True)
    )  # else a name that Markdown cannot hold
    if not whole or not store.profile.rewrites or used(content, store.profile) >= NEAR:
        return None
    name = store.profile.index_name
    title = f"write {name} with a line for each topic file"
    change = replace(
        file_change(snapshot, name, content),
        sources=tuple(f"{store.root}/{topic.path}" for topic in topics),
    )
    return Fix(title, Applicability.SAFE, (change,))


@rule("F007", "empty-topic", Severity.WARNING)
def empty_topic(context: RuleContext) -> Iterator[Finding]:
    """A topic file has no content except front matter.

    A link to it is useless. Write it, or remove it with the links to it; `--unsafe-fixes` removes it if
    there are none. A file that instructions name, such as a mailbox that a skill reads, may be empty, and so
    may logs of a day and mailboxes, queues and scratch files by their names (`inbox.md`).

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md)
        --- deploy.md

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md)
        --- deploy.md
        # Ship on Mondays

    Silent in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        - [Hand-over](handover.md)
        --- .claude/agent-memory/reviewer/handover.md
        --- .claude/agent-memory/reviewer/inbox.md
        --- CLAUDE.md
        Read `.claude/agent-memory/reviewer/handover.md` first.
    """
    snapshot = context.snapshot
    profile = snapshot.store.profile
    empty = [
        topic
        for topic in snapshot.topics
        if profile.leads
        and topic.path not in context.around.named
        and not js_trim(topic.source[topic.body :].decode())
        and not _may_be_empty(topic.path)
    ]
    led_to = _led_to(snapshot) if empty and profile.rewrites else set(snapshot.documents)
    for topic in empty:
        fix = None if topic.path in led_to else _removal(snapshot, topic)
        yield Finding(topic, Span(topic.body, topic.body), "it has no content", fix=fix)


def _may_be_empty(path: str) -> bool:
    return is_snapshot(path) or bool(_CONTAINER.fullmatch(path.rpartition("/")[2]))


def _led_to(snapshot: Snapshot) -> set[str]:
    """Return the files that another file names, whether that is reachable or not."""
    names = Names(snapshot)
    return {
        path
        for document in snapshot.documents.values()
        for path, how in names.led_to(document, Span(0, len(document.source)))
        if path != document.path and how is not Reach.FOLDER
    }


def _removal(snapshot: Snapshot, topic: Document) -> Fix:
    return Fix("remove the empty file", Applicability.UNSAFE, (file_change(snapshot, topic.path, None),))


@rule("F008", "not-utf8", Severity.ERROR)
def not_utf8(context: RuleContext) -> Iterator[Finding]:
    r"""A memory file contains bytes that are not UTF-8.

    The harness shows the agent a replacement character for each of them, and an agent that writes the text
    back destroys the original bytes. memoryd never rewrites such a file. Find out its real encoding and
    convert it, for instance with `iconv -f latin1 -t utf-8`.

    Found in:
        --- MEMORY.md
        - caf\xe9

    Silent in:
        --- MEMORY.md
        - caf\xc3\xa9
    """
    for document in context.snapshot.documents.values():
        at = document.undecodable
        if at is not None:
            # Up to here both forms are the same bytes; the replacement character takes three.
            message = f"byte {at} (0x{document.raw[at]:02x}) is not UTF-8; the file is never rewritten"
            yield Finding(document, Span(at, at + 3), message)


@rule("F009", "conflict-markers", Severity.ERROR)
def conflict_markers(context: RuleContext) -> Iterator[Finding]:
    """A merge left its markers: the file contains two versions of a text.

    An agent believes both. memoryd never rewrites such a file. Markers inside one code block are notes
    about merges; a line of `=======` alone underlines a heading.

    Found in:
        --- MEMORY.md
        <<<<<<< HEAD
        - ship on Mondays
        =======
        - ship on Fridays
        >>>>>>> feature

    Silent in:
        --- MEMORY.md
        Shipping
        =======

        ```
        <<<<<<< HEAD
        - ship on Mondays
        =======
        - ship on Fridays
        >>>>>>> feature
        ```
    """
    for document in context.snapshot.documents.values():
        found = tuple(islice(conflicts(document.source), _MOST_CONFLICTS))
        code = [block.span for block in document.blocks if block.kind is BlockKind.CODE] if found else []
        at = 0
        for markers in found:
            while at < len(code) and code[at].end <= markers[0].start:
                at += 1
            if at < len(code) and code[at].start <= markers[0].start and markers[-1].end <= code[at].end:
                continue
            lines = [document.source.count(b"\n", 0, marker.start) + 1 for marker in markers]
            whole = "" if document.slice(markers[-1]).startswith(">") else "; its end is missing"
            yield Finding(
                document,
                markers[0],
                f"an unresolved merge, lines {lines[0]} to {lines[-1]}{whole}",
                tuple(Relation(document, marker.start, document.slice(marker)) for marker in markers[1:]),
            )


@rule("F011", "sync-conflict-copy", Severity.WARNING)
def sync_conflict_copy(context: RuleContext) -> Iterator[Finding]:
    """A file is a leftover of a merge, an editor or synchronization.

    `x.sync-conflict-20260203-101500.md`, `x (conflicted copy 2026-02-03).md`, `x.md.orig`, `x.md.tmp`;
    beside `x.md` also `x (1).md`, `x.md.bak`, `.x.md.swp`, `x_LOCAL_123.md`; and with similar content
    `x 2.md`, `x copy.md`, `x - Copy.md`, `x-LAPTOP-4F2K.md`. Agents find such a file and believe it, or
    never see what was written into it. Move its differences into the real file, then remove it.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md)
        --- deploy.md
        Ship on Mondays.
        --- deploy (1).md
        Ship on Fridays.

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy (1).md), [copies](conflicted-copy.md)
        --- deploy (1).md
        Ship on Fridays.
        --- conflicted-copy.md
        What to do with one.
    """
    snapshot = context.snapshot
    root, index_name = snapshot.store.root, snapshot.store.profile.index_name
    for directory in dict.fromkeys(["", *(path.rpartition("/")[0] for path in snapshot.documents)]):
        within = f"{directory}/" if directory else ""
        names = context.around.listings.get(f"{root}/{directory}".rstrip("/")) or frozenset()
        for name in sorted(names):
            path = original(within + name, snapshot.documents, index_name, names)
            if path is None or not snapshot.store.profile.owns(path):
                continue
            real = path.removeprefix(within)
            message = f'left over from "{real}"{"" if real in names else ", which is missing"}'
            document = snapshot.documents.get(within + name) or parse(within + name, b"")
            yield Finding(document, Span(document.body, document.body), message)
