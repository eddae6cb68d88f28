"""L: what the index file leads to, and links by name."""

import re
from collections.abc import Iterator, Mapping

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.links.guesses import broken_links
from memoryd.domain.links.index_lines import belongs_in_index, listed
from memoryd.domain.links.names import WikiNames, fold, reachable
from memoryd.domain.links.pointers import Pointer, pointers
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span
from memoryd.domain.stores.snapshot import Snapshot

_NO_NAME = re.compile(r"[$\"'=<>{};]|^[-!:./~]|^\W*$")  # a test of a shell, a slot of a template, a path
_FIXED = 50  # entries of an index file that are mended at one go: each fix holds the whole file


@rule("L003", "unresolved-wiki-link", Severity.INFO)
def unresolved_wiki_link(context: RuleContext) -> Iterator[Finding]:
    r"""A wiki link is answered by no topic file, here or in a neighbouring store.

    It is looked for by the `name` of the front matter, the name of the file, and the first heading;
    case and what joins words do not matter. By the format's convention such a link is no error: it
    may name what is still to be written.

    Found in:
        --- MEMORY.md
        - see [[deployment]]

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
    names = WikiNames(snapshot.documents)
    beside: frozenset[str] | None = None
    for document in snapshot.documents.values():
        for link in document.wiki_links:
            if names.targets(link.name) or _NO_NAME.search(link.name):
                continue
            beside = _names_beside(context.around.siblings) if beside is None else beside
            if fold(link.name.removesuffix(".md").rpartition("/")[2]) not in beside:
                message = f"no topic file is called “{link.name}”, here or in a neighbouring store"
                yield Finding(document, link.span, message)


def _names_beside(siblings: Mapping[str, str]) -> frozenset[str]:
    """Return what the topic files of the neighbouring stores answer to, folded."""
    stems = (place.rpartition("/")[2].removesuffix(".md") for place in siblings)
    return frozenset(map(fold, (*stems, *siblings.values())))


@rule("L004", "unlisted-topic", Severity.WARNING)
def unlisted_topic(context: RuleContext) -> Iterator[Finding]:
    """The index file leads to this topic file in no way: the agent will not know that it exists.

    Ways are a link, a wiki link, a plain mention of the file's name, a link to its folder, a mention
    of that (`logs/`), or any of these from a topic file that is reached. Dated logs, a README and
    empty files need none. A store without index file has other troubles. `--fix` adds a line to the
    index file, in its own style, where it fits into the limits.

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
        message = f"{snapshot.store.profile.index_name} does not lead to it: the agent will not find it"
        yield Finding(topic, Span(topic.body, topic.body), message, fix=fixes.get(topic.path))


def _never_meant(context: RuleContext, topics: list[Document]) -> Iterator[Document]:
    """Those that no broken link means: the others are led to as soon as that is mended."""
    broken = broken_links(context.links, context.around)
    meant = {guess.place for _, _, guess in broken if guess} if topics else set()
    root = context.snapshot.store.root
    yield from (topic for topic in topics if f"{root}/{topic.path}" not in meant)


@rule("L006", "repeated-index-entry", Severity.WARNING)
def repeated_index_entry(context: RuleContext) -> Iterator[Finding]:
    """Two lines of the index file point at the same topic file.

    A line points where its list item begins with a link. Each is paid for at every start, and one
    of two hooks is often out of date. Links to different parts of a file, and links within sentences,
    are different things. `--fix` removes a line that stands twice; of two that differ
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
            message = f"line {line} points at the same{', in the same words' if same else ''}"
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
    """More than one topic file answers to the name in a wiki link.

    The agent opens one of them, perhaps the wrong one. A path tells them apart: `[[topics/deploy]]`.

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
    names = WikiNames(snapshot.documents)
    for document in snapshot.documents.values():
        for link in document.wiki_links:
            paths = names.targets(link.name)
            if len(paths) > 1:
                shown = " and ".join(f"“{path}”" for path in paths[:3])
                more = f" and {len(paths) - 3} more" if paths[3:] else ""
                related = tuple(Relation(snapshot.documents[path], 0, "answers to it") for path in paths[:3])
                yield Finding(document, link.span, f"“{link.name}” can mean {shown}{more}", related)
