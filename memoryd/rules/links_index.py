"""L: targets of the index file, and links by name."""

from collections.abc import Iterator, Mapping

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.links.guesses import broken_links
from memoryd.domain.links.index_lines import belongs_in_index, leads_its_store, listed
from memoryd.domain.links.names import fold, reachable
from memoryd.domain.links.placeholders import is_placeholder
from memoryd.domain.links.pointers import Pointer, pointers
from memoryd.domain.links.targets import ResolvedLinks
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Span, WikiLink
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import counted_lines
from memoryd.values import regex

_NO_NAME = regex(r"[$\"'=<>{};]|^[-!:./~]|^\W*$")  # a test of a shell, a slot of a template, a path
_OTHER_FILE = regex(r"\.(?!md$)[A-Za-z]\w{1,5}$")
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
    of its folder (`logs/`), or any of these in a topic file that is linked itself. A file that CLAUDE.md,
    AGENTS.md, an agent, a command, a skill, a rule or a hook names is found as well. Dated logs, READMEs,
    empty files and files that only say where their content went need no link. Stores without index file,
    or where it reaches less than a tenth of 40 topics, are not checked. `--fix` adds a line to the index
    file, in its own style, if it fits into the limits and no other finding doubts the file.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        --- deploy.md
        Ship on Mondays.
        --- secrets-rotation.md
        Every quarter.

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md), `plain-mention.md`
        --- deploy.md
        Ship on Mondays, see [[people]].
        --- people.md
        Ask Ann.
        --- plain-mention.md
        Also found.
        --- logs/2026-02-03.md
        Deployed.

    Silent in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        Ask before a release.
        --- .claude/agent-memory/reviewer/inbox.md
        Version 2 is out.
        --- .claude/skills/release/SKILL.md
        Write the result to `.claude/agent-memory/reviewer/inbox.md`.
    """
    snapshot = context.snapshot
    unlisted = _unlisted(context)
    fixes = listed(snapshot, pointers(context.links), _never_meant(context, unlisted)) if unlisted else {}
    for topic in unlisted:
        message = f"{snapshot.store.profile.index_name} does not link to it: the agent will not find it"
        yield Finding(topic, Span(topic.body, topic.body), message, fix=fixes.get(topic.path))


def _unlisted(context: RuleContext) -> list[Document]:
    """Return the topics that belong in the index file and are not reached."""
    snapshot = context.snapshot
    if snapshot.index is None or not snapshot.store.profile.leads:
        return []
    reached = reachable(snapshot, named=context.around.named)
    if not leads_its_store(len(snapshot.topics), len(reached)):
        return []
    return [
        topic for topic in snapshot.topics if topic.path not in reached and belongs_in_index(snapshot, topic)
    ]


def _never_meant(context: RuleContext, topics: list[Document]) -> Iterator[Document]:
    """Return the topics that no broken link means: fixing such a link makes its topic reachable."""
    broken = broken_links(context.links, context.around)
    meant = {guess.place for _, _, guess in broken if guess} if topics else set()
    root = context.snapshot.store.root
    yield from (topic for topic in topics if f"{root}/{topic.path}" not in meant)


@rule("L006", "repeated-index-entry", Severity.WARNING)
def repeated_index_entry(context: RuleContext) -> Iterator[Finding]:
    """Lines of the index file repeat the same link to the same topic file.

    A line points at a file if its list item begins with a link. Each line takes room at every start, and
    one of two summaries is often out of date. Links with titles of their own, links to different headings
    of a file, and links within sentences are not reported. All copies of a line are one finding. `--fix`
    removes identical copies; of different lines with one title, `--unsafe-fixes` keeps the first.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        - [Deploy](deploy.md) — on Mondays
        --- deploy.md
        Ship on Mondays.

    Silent in:
        --- MEMORY.md
        - [When](deploy.md#when) — on Mondays
        - [How](deploy.md#how) — with two people
        - [Audit of May](deploy.md) — score 8.1
        - [Audit of June](deploy.md) — score 8.6
        - Never on Fridays, see [Deploy](deploy.md).
        --- deploy.md
        # When
        # How
    """
    index = context.snapshot.index
    if index is None:
        return
    for number, (first, copies, same) in enumerate(_repeated(index, context.links)):
        lines = [index.position(each.line.start).line for each in (first, *copies[1:])]
        point = "points" if len(lines) == 1 else "point"
        words = ", in the same words" if same else ""
        message = f"{counted_lines(lines)} {point} at the same file{words}"
        fix = _removal(context.snapshot, index, copies, same=same) if number < _FIXED else None
        related = (
            Relation(index, first.link.span.start, "the first that points there"),
            *(Relation(index, each.link.span.start, "points there too") for each in copies[1:]),
        )
        yield Finding(index, copies[0].link.span, message, related, fix)


def _repeated(index: Document, links: ResolvedLinks) -> Iterator[tuple[Pointer, list[Pointer], bool]]:
    """Yield the first of several pointers with one target and title, the others, and if they are the same."""
    groups: dict[tuple[str, str, str], list[Pointer]] = {}
    for pointer in pointers(links):
        groups.setdefault((*pointer.target, _title(index, pointer)), []).append(pointer)
    for first, *others in groups.values():
        seen = {index.slice(first.line).strip()}
        copies: dict[bool, list[Pointer]] = {True: [], False: []}
        for each in others:
            text = index.slice(each.line).strip()
            copies[text in seen].append(each)
            seen.add(text)
        yield from ((first, found, same) for same, found in copies.items() if found)


def _title(index: Document, pointer: Pointer) -> str:
    """Return the text of a pointer's link, without case."""
    link = pointer.link
    if isinstance(link, WikiLink):
        shown = index.slice(link.span).removesuffix("]]").partition("|")[2]
        return fold((shown or link.name).strip())
    return fold(link.text.strip())


def _removal(snapshot: Snapshot, index: Document, pointers: list[Pointer], *, same: bool) -> Fix | None:
    if index.undecodable is not None or not all(each.is_whole for each in pointers):
        return None
    changed = index.source
    for each in reversed(pointers):
        start, end = each.line.start, each.line.end
        if end == len(changed) and not changed.endswith(b"\n"):
            start = len(changed[:start].removesuffix(b"\n").removesuffix(b"\r"))
        changed = changed[:start] + changed[end:]
    safety = Applicability.SAFE if same else Applicability.UNSAFE
    lines = counted_lines([index.position(each.line.start).line for each in pointers])
    return Fix(f"remove {lines}", safety, (file_change(snapshot, index.path, changed),))


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
