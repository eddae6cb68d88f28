"""L: links to files, headings and servers."""

from collections.abc import Callable, Iterator
from difflib import get_close_matches
from functools import cache

from memoryd.domain.checks.diagnostic import Finding, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.links.guesses import Guess, broken_links
from memoryd.domain.links.placeholders import is_placeholder
from memoryd.domain.links.pointers import is_leading, pointers
from memoryd.domain.links.relink import destination_of, relinked
from memoryd.domain.links.targets import Anchors, Target
from memoryd.domain.links.urls import address, host_of, is_address, is_url
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.snapshot import Snapshot

_Places = set[tuple[str, str]]  # absolute paths, and parts there
_FIXED = 50  # links per store that get a fix: each has the whole file
_MOST_ANCHORS = 120  # of a document among which a similar one is searched
_NEAR = 0.6  # of 1, which is the same anchor


@rule("L001", "broken-link", Severity.ERROR)
def broken_link(context: RuleContext) -> Iterator[Finding]:
    """A link leads to a file that does not exist.

    Names are case-exact, even if the file system of this machine is not. A position (`x.py:42`, `:10-20`)
    is left out: the file must exist. Text in code, comments and front matter is not a link, and neither
    are placeholders (`[path](url)`, `<root>/x.md`) and code in prose (`handlers[name](event)`). URLs,
    anchors, drive letters, and paths that version control ignores, outside the store or in a folder of it
    that a clone lacks, are not checked, and neither are paths of one machine in a shared store.

    The message names the probable target: a renamed file, from git or memoryd's history, a name that
    differs by case, a file in another folder or store, a path from the root of the repository, or the
    nearest name. `--fix` follows a rename with the same content, `--unsafe-fixes` the other guesses.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) — how we ship
        --- Deploy.md
        Ship on Mondays.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.py:42) — how we ship

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md#when), [site](https://example.com), [code](C:/x.cpp), `[no](link.md)`
        - [line](deploy.md:1), [Title](file.md), [path](url), [x](<root>/x.md), handlers[name](event)
        --- deploy.md
        # When
    """
    snapshot, links = context.snapshot, context.links
    pointed = cache(lambda: {pointer.target for pointer in pointers(links)})
    fixed = 0
    for document, target, meant in broken_links(links, context.around):
        fix = None
        if meant and fixed < _FIXED and not _is_pointed_at(snapshot, document, target, meant, pointed):
            fix = _relink(snapshot, document, target, meant, links.anchors)
            fixed += fix is not None
        address = ': the address of a page begins with "https://"' if is_address(target.path) else ""
        said = f": {meant.said}" if meant else address
        message = f'"{target.link.destination}" does not exist{said}'
        yield Finding(document, target.link.span, message, fix=fix)


def _is_pointed_at(
    snapshot: Snapshot, document: Document, target: Target, meant: Guess, pointed: Callable[[], _Places]
) -> bool:
    """Return whether a fixed link would be a second pointer of the index file to one target."""
    return (
        document is snapshot.index
        and (meant.place, target.fragment) in pointed()
        and is_leading(document, target.link)
    )


def _relink(
    snapshot: Snapshot, document: Document, target: Target, meant: Guess, anchors: Anchors
) -> Fix | None:
    if not anchors.lead(meant.place, target.fragment):
        return None
    root = snapshot.store.root
    destination = destination_of(document.path, meant.place, root, target.link.destination)
    safety = Applicability.SAFE if meant.proved else Applicability.UNSAFE
    return _redirect(snapshot, document, target, destination, safety)


def _redirect(
    snapshot: Snapshot, document: Document, target: Target, destination: str, safety: Applicability
) -> Fix | None:
    changed = relinked(document, target.link, destination)
    if changed is None or changed == document.raw:
        return None
    return Fix(f"link to {destination}", safety, (file_change(snapshot, document.path, changed),))


@rule("L002", "broken-anchor", Severity.WARNING)
def broken_anchor(context: RuleContext) -> Iterator[Finding]:
    """A link points to a heading that does not exist.

    The anchors of headings are those of GitHub (`## When we ship` is `#when-we-ship`, a second one
    `#when-we-ship-1`); ids in braces (`## When {#when}`), and `id` and `name` in HTML are anchors, too.
    Case does not matter. A wiki link may have the words of the heading (`[[deploy#When we ship]]`) or a
    block (`#^id`). `#top`, lines (`#L10-L20`), text fragments, and anchors in files that are not Markdown
    are not checked.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md#when-we-shipped) — how we ship
        --- deploy.md
        # When we ship

    Found in:
        --- MEMORY.md
        - see [[deploy#When we shipped]]
        --- deploy.md
        # When we ship

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md#when-we-ship), [top](#top), [code](x.py#L10), [site](https://example.com/#x)
        - [How](deploy.md#how), [[deploy#When we ship|when]], [[#Memory]], [[deploy#^steps]]

        # Memory
        --- deploy.md
        # When we *ship*
        ## In three steps {#how}
        Build, test, tag. ^steps
    """
    snapshot, anchors = context.snapshot, context.links.anchors
    fixed = 0
    for document in snapshot.documents.values():
        yield from _broken_wiki_parts(context, document)
        for target in context.links.targets(document):
            if target.place is None or anchors.lead(target.place, target.fragment):
                continue
            near = _nearest(anchors, target) if fixed < _FIXED else ""
            fix = None
            if near:
                destination = f"{target.link.destination.partition('#')[0]}#{near}"
                fix = _redirect(snapshot, document, target, destination, Applicability.UNSAFE)
                fixed += 1
            where = f'"{target.path}"' if target.path else "this file"
            hint = f': did you mean "#{near}"?' if near else ""
            message = f'{where} has no heading "#{target.fragment}"{hint}'
            yield Finding(document, target.link.span, message, fix=fix)


def _broken_wiki_parts(context: RuleContext, document: Document) -> Iterator[Finding]:
    """Yield the wiki links of a document that name a heading which does not exist."""
    root, names = context.snapshot.store.root, context.links.wiki_names
    parted = [link for link in document.wiki_links if link.part]
    for link in (*document.own_parts, *parted):
        paths = names.targets(link.name) if link.name else (document.path,)
        if len(paths) != 1 or context.links.anchors.lead_by_name(f"{root}/{paths[0]}", link.part):
            continue
        where = f'"{paths[0]}"' if link.name else "this file"
        titles = {title.casefold(): title for title in context.snapshot.documents[paths[0]].titles}
        near = get_close_matches(link.part.casefold(), list(titles)[:_MOST_ANCHORS], n=1, cutoff=_NEAR)
        hint = f': did you mean "{titles[near[0]]}"?' if near else ""
        kind = "block" if link.part.startswith("^") else "heading"
        yield Finding(document, link.span, f'{where} has no {kind} "{link.part}"{hint}')


def _nearest(anchors: Anchors, target: Target) -> str:
    known = [anchor for anchor in anchors.of(target.place or "")[:_MOST_ANCHORS] if anchor]
    near = get_close_matches(target.fragment.casefold(), known, n=1, cutoff=_NEAR)
    return near[0] if near else ""


@rule("L005", "ignored-target", Severity.INFO)
def ignored_target(context: RuleContext) -> Iterator[Finding]:
    """A link of a shared store leads to a file that version control ignores.

    The file exists on one machine only, so the link helps only the agent that wrote it. A file that is
    worth a link is often worth a commit, or a sentence in the memory itself.

    Found in:
        --- .gitignore
        build/
        --- .claude/agent-memory/reviewer/MEMORY.md
        - [what the last build said](../../../build/log.txt)

    Silent in:
        --- .gitignore
        build/
        --- .claude/agent-memory/reviewer/MEMORY.md
        - [how we build](../../../Makefile)
        --- Makefile
        all:
    """
    for document in context.snapshot.documents.values():
        if not context.links.is_shared(document):
            continue
        for target in context.links.targets(document):
            places = {target.place} if target.place else set(target.places)
            if context.links.is_broken(document, target):
                continue
            if target.path and not context.around.ignored.isdisjoint(places):
                there = "the link works on one machine only" if target.place else "here it does not exist"
                message = f'version control ignores "{target.path}": {there}'
                yield Finding(document, target.link.span, message)


@rule("L008", "machine-path", Severity.WARNING)
def machine_path(context: RuleContext) -> Iterator[Finding]:
    """A link of a shared store is an absolute path, or leads out of the repository.

    On the machines of others, who get the store through version control, the link leads to nothing or to
    another file. Make it relative to its own file. An existing path from the root of the repository
    (`/docs/x.md`), as GitHub reads it, is not reported. memoryd does not look outside of a repository, so a
    link that leaves it is reported whether or not its target exists; L001 is silent about it.

    Found in:
        --- MEMORY.md
        - [notes](/home/ann/notes.md)

    Found in:
        --- MEMORY.md
        - [settings](~/.config/tool/settings.toml)

    Silent in:
        --- MEMORY.md
        - [Deploy](deploy.md), `/home/ann/notes.md`, ~/notes.md
        --- deploy.md
        Ship on Mondays.
    """
    for document in context.snapshot.documents.values():
        if context.links.is_shared(document):
            for link in document.links:
                is_real = not is_placeholder(link.destination, link.text)
                if is_real and context.links.is_of_one_machine(link.destination):
                    message = f'"{link.destination}" is a path of one machine, and this store is shared'
                    yield Finding(document, link.span, message)
            for target in context.links.targets(document):
                if context.links.leaves_repository(target):
                    message = f'"{target.path}" is outside of the repository, and this store is shared'
                    yield Finding(document, target.link.span, message)


@rule("L009", "broken-url", Severity.WARNING)
def broken_url(context: RuleContext) -> Iterator[Finding]:
    """A URL names no host, or its server reports that the page does not exist.

    Servers are only asked by `memoryd link-check --external`. A missing host and the answers 404 and 410
    are reported; a server that wants a login, is slow, or has an error of its own proves nothing about the
    link. Answers are cached, good ones for a week, bad ones for an hour.

    Found in:
        --- MEMORY.md
        - [Deploy](https:///deploy) — how we ship

    Silent in:
        --- MEMORY.md
        - [Deploy](https://example.com/deploy), `https:///`, [mail](mailto:ann@example.com)
    """
    for document in context.snapshot.documents.values():
        for link in document.links:
            if not is_url(link.destination):
                continue
            answers = context.around.answers
            reason = answers.get(address(link), "") if host_of(link.destination) else "names no host"
            if reason:
                yield Finding(document, link.span, f'"{link.destination}" {reason}')
