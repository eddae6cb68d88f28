"""L: names of files without link syntax."""

from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.links.dangling_mentions import DanglingMention, mentions
from memoryd.domain.links.names import names_of
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.items import outline
from memoryd.domain.stores.snapshot import Snapshot

_FIXED = 50  # mentions per index file that may get a fix: each has the whole file


@rule("L010", "dangling-mention", Severity.WARNING)
def dangling_mention(context: RuleContext) -> Iterator[Finding]:
    """The index names a topic file that does not exist, without a link to it.

    Many index files name their topics in plain words (`- deploy.md — how we ship`), in code, in the cells of
    a table, or in a link that is none because its destination has a space. If the file existed, the agent
    would find it by that name. Names within a sentence, in folders that the store lacks, and of files that
    exist elsewhere in the repository are not reported. `--unsafe-fixes` removes the line.

    Found in:
        --- MEMORY.md
        - `deploy.md` — how we ship
        - rotation.md — who is on call
        --- deploy.md
        Ship on Mondays.

    Found in:
        --- MEMORY.md
        - [Code style](code style.md)

    Silent in:
        --- MEMORY.md
        - `deploy.md` — how we ship
        - code style.md — tabs
        - README.md — of the repository
        - The steps were in old-steps.md once.
        - docs/guide.md — in the repository
        --- deploy.md
        Ship on Mondays.
        --- code style.md
        Tabs.
    """
    index = context.snapshot.index
    if index is None or not context.snapshot.store.profile.leads:
        return
    found = [
        each
        for each in mentions(context.snapshot)
        if each.path.rpartition("/")[2] not in context.around.elsewhere
    ]
    removals = _removals(context.snapshot, index, found[:_FIXED])
    for mention in found:
        message = f'the index names "{mention.path}", which does not exist'
        yield Finding(index, mention.span, message, fix=removals.get(mention))


def _removals(
    snapshot: Snapshot, index: Document, found: list[DanglingMention]
) -> dict[DanglingMention, Fix]:
    """Return the removals of the lines of mentions that lead to nothing else and have nothing below."""
    if not found or index.undecodable is not None or not snapshot.store.profile.rewrites:
        return {}
    items, names, removals = outline(index), names_of(snapshot), {}
    for mention in found:
        item = items.innermost(mention.span.start)
        if item is None or index.source.count(b"\n", item.span.start, item.span.end - 1):
            continue
        span = item.span
        if not any(names.led_to(index, span)) and not (index.links_in(span) or index.wiki_links_in(span)):
            changed = index.source[: span.start] + index.source[span.end :]
            title = f"remove line {index.position(span.start).line}"
            change = file_change(snapshot, index.path, changed)
            removals[mention] = Fix(title, Applicability.UNSAFE, (change,))
    return removals
