"""L: targets of the index file, and links by name."""

import re
from collections.abc import Iterator, Mapping

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.links.guesses import broken_links
from memoryd.domain.links.index_lines import belongs_in_index, listed
from memoryd.domain.links.names import fold, reachable
from memoryd.domain.links.placeholders import is_placeholder
from memoryd.domain.links.pointers import Pointer, pointers
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.snapshot import Snapshot

_NO_NAME = re.compile(r"[$\"'=<>{};]|^[-!:./~]|^\W*$")  # a test of a shell, a slot of a template, a path
_OTHER_FILE = re.compile(r"\.(?!md$)[A-Za-z]\w{1,5}$")
_FIXED = 50  # entries per index file that get a fix: each has the whole file


@rule("L003", "unresolved-wiki-link", Severity.INFO)
def unresolved_wiki_link(context: RuleContext) -> Iterator[Finding]:
    r"""No topic file, here or in a neighboring store, has the name in a wiki link.

    The name is compared with the `name` of the front matter, the name of the file, and the first heading;
    case and separators do not matter. `![[picture.png]]` finds a file of any kind in the store. By the
    format's convention such a link is not an error: it may name a file that is yet to be written.

    Found in:
        --- MEMORY.md
        - see [[deployment]]

    Found in:
        --- MEMORY.md
        - ![[map.png]]

    Silent in:
        --- MEMORY.md
        - see [[deployment]], [[code style]], [[When we ship]], `[[in code]]`, \[\[escaped\]\]
        --- topics/deployment.md
        # When we ship
        --- style.md
        ---
        name: code-style
        ---
        Tabs.
    """
    snapshot = context.snapshot
    names = context.links.wiki_names
    beside: frozenset[str] | None = None
    for document in snapshot.documents.values():
        for link in document.wiki_links:
            if names.targets(link.name) or _NO_NAME.search(link.name) or is_placeholder(link.name, ""):
                continue
            if context.links.is_attachment(document, link.name):
                continue
            beside = _names_beside(context.around.siblings) if beside is None else beside
            if fold(link.name.removesuffix(".md").rpartition("/")[2]) not in beside:
                what = "file" if _OTHER_FILE.search(link.name) else "topic file"
                message = f'no {what} has the name "{link.name}", here or in a neighboring store'
                yield Finding(document, link.span, message)


def _names_beside(siblings: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the topic files of the neighboring stores, folded."""
    stems = (place.rpartition("/")[2].removesuffix(".md") for place in siblings)
    return frozenset(map(fold, (*stems, *siblings.values())))


@rule("L004", "unlisted-topic", Severity.WARNING)
def unlisted_topic(context: RuleContext) -> Iterator[Finding]:
    """Nothing in the index links to this topic file, so the agent does not know that it exists.

    It counts as linked by a link, a wiki link, a mention of its file name, a link to its folder, a mention
    of its folder (`logs/`), or any of these in a topic file that is linked itself. Dated logs, READMEs,
    empty files and files that only say where their content went need no link. Stores without index file
    are not checked. `--fix` adds a line to the index file, in its own style, if it fits into the limits
    and no other finding doubts the file.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        --- deploy.md
        Ship on Mondays.
        --- secrets-rotation.md
        Every quarter.

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md), [[rotation]], `plain-mention.md`
        --- deploy.md
        Ship on Mondays, see [people](people.md).
        --- secrets.md
        ---
        name: rotation
        ---
        Every quarter.
        --- people.md
        Ask Ann.
        --- plain-mention.md
        Also found.
        --- logs/2026-02-03.md
        Deployed.
    """
    snapshot = context.snapshot
    if snapshot.index is None or not snapshot.store.profile.leads:
        return
    reached = reachable(snapshot)
    unlisted = [
        topic for topic in snapshot.topics if topic.path not in reached and belongs_in_index(snapshot, topic)
    ]
    fixes = listed(snapshot, pointers(context.links), _never_meant(context, unlisted)) if unlisted else {}
    for topic in unlisted:
        message = f"{snapshot.store.profile.index_name} does not link to it: the agent will not find it"
        yield Finding(topic, Span(topic.body, topic.body), message, fix=fixes.get(topic.path))


def _never_meant(context: RuleContext, topics: list[Document]) -> Iterator[Document]:
    """Return the topics that no broken link means: fixing such a link makes its topic reachable."""
    broken = broken_links(context.links, context.around)
    meant = {guess.place for _, _, guess in broken if guess} if topics else set()
    root = context.snapshot.store.root
    yield from (topic for topic in topics if f"{root}/{topic.path}" not in meant)


@rule("L006", "repeated-index-entry", Severity.WARNING)
def repeated_index_entry(context: RuleContext) -> Iterator[Finding]:
    """Two lines of the index file point at the same topic file.

    A line points at a file if its list item begins with a link. Each line takes room at every start, and
    one of two summaries is often out of date. Links to different headings of a file, and links within
    sentences, are not reported. `--fix` removes an identical second line; of two different ones,
    `--unsafe-fixes` keeps the first.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        - [Shipping](deploy.md) — on Mondays
        --- deploy.md
        Ship on Mondays.

    Silent in:
        --- MEMORY.md
        - [When](deploy.md#when) — on Mondays
        - [How](deploy.md#how) — with two people
        - Never on Fridays, see [Deploy](deploy.md).
        --- deploy.md
        # When
        # How
    """
    snapshot = context.snapshot
    first: dict[tuple[str, str], Pointer] = {}
    lines: dict[tuple[str, str], set[str]] = {}
    fixed = 0
    for pointer in pointers(context.links):
        index = snapshot.index
        text = index.slice(pointer.line).strip() if index else ""
        known = first.setdefault(pointer.target, pointer)
        before = lines.setdefault(pointer.target, set())
        if index and known is not pointer:
            same = text in before
            line = index.position(known.line.start).line
            fix = _removal(snapshot, pointer, same=same) if pointer.is_whole and fixed < _FIXED else None
            fixed += fix is not None
            message = f"line {line} points at the same file{', in the same words' if same else ''}"
            related = (Relation(index, known.link.span.start, "the first that points there"),)
            yield Finding(index, pointer.link.span, message, related, fix)
        before.add(text)


def _removal(snapshot: Snapshot, pointer: Pointer, *, same: bool) -> Fix | None:
    index = snapshot.index
    if index is None or index.undecodable is not None:
        return None
    start, end = pointer.line.start, pointer.line.end
    if end == len(index.source) and not index.source.endswith(b"\n"):
        start = len(index.source[:start].removesuffix(b"\n").removesuffix(b"\r"))
    changed = index.source[:start] + index.source[end:]
    safety = Applicability.SAFE if same else Applicability.UNSAFE
    line = index.position(pointer.line.start).line
    return Fix(f"remove line {line}", safety, (file_change(snapshot, index.path, changed),))


@rule("L007", "ambiguous-wiki-link", Severity.INFO)
def ambiguous_wiki_link(context: RuleContext) -> Iterator[Finding]:
    """More than one topic file has the name in a wiki link.

    The agent opens one of them, perhaps the wrong one. Use a path to distinguish them: `[[topics/deploy]]`.

    Found in:
        --- MEMORY.md
        - see [[deploy]]
        --- api/deploy.md
        Ship on Mondays.
        --- web/deploy.md
        Ship on Tuesdays.

    Silent in:
        --- MEMORY.md
        - see [[api/deploy]] and [[web/deploy]]
        --- api/deploy.md
        Ship on Mondays.
        --- web/deploy.md
        Ship on Tuesdays.
    """
    snapshot = context.snapshot
    names = context.links.wiki_names
    for document in snapshot.documents.values():
        for link in document.wiki_links:
            paths = names.targets(link.name)
            if len(paths) > 1:
                shown = " and ".join(f'"{path}"' for path in paths[:3])
                more = f" and {len(paths) - 3} more" if paths[3:] else ""
                related = tuple(Relation(snapshot.documents[path], 0, "has this name") for path in paths[:3])
                yield Finding(document, link.span, f'"{link.name}" can mean {shown}{more}', related)
