"""F: comments and their effects."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity, UnusedSuppression
from memoryd.domain.checks.rule import RuleContext, rule, unused_rule
from memoryd.domain.checks.suppressions import without, without_all
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.limits.budget import units_taken
from memoryd.domain.limits.counted_text import counted_text
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Link, Span
from memoryd.domain.markdown.parts import fold_label
from memoryd.domain.stores.profiles import Profile
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.values import regex

_MANY = 16  # comments of a file that have a fix each; of more, they share one
_LABEL = regex(r"\[([^\[\]]*)\](\[\])?$")


@unused_rule("F010", "unused-suppression", Severity.INFO)
def unused_suppression(
    snapshot: Snapshot, unused: Mapping[str, tuple[UnusedSuppression, ...]]
) -> Iterator[Finding]:
    """A suppression comment suppresses nothing, or names no rule.

    `<!-- memoryd: ignore[L001] reason -->` suppresses findings on its line or, if it is alone there, on
    the next one; `ignore-file[L001]` suppresses those of the whole file. A comment without a finding
    hides future findings, and takes room in the agent's context if the file is loaded.
    `memoryd check --fix` removes it. Whether it is used does not depend on `--select`.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) <!-- memoryd: ignore[L001] will be written -->
        --- deploy.md
        Ship on Mondays.

    Found in:
        --- MEMORY.md
        - [Deploy](deploy.md) <!-- memoryd: ignore[broken-lnk] -->

    Silent in:
        --- MEMORY.md
        <!-- memoryd: ignore[broken-link] will be written -->
        - [Deploy](deploy.md), suppressed as by `<!-- memoryd: ignore[L004] -->`
    """
    unit = snapshot.store.profile.unit
    for path, comments in unused.items():
        document = snapshot.documents[path]
        if len(comments) > _MANY:
            after = without_all(document, comments)
            shared = None
            if after is not None:
                changes = (file_change(snapshot, path, after),)
                shared = Fix("remove the unused suppressions", Applicability.SAFE, changes)
            for comment in comments:
                yield Finding(document, comment.span, comment.reason, fix=shared)
            continue
        for comment in comments:
            message, fix = comment.reason, None
            after = without(document, comment)
            if after is not None:
                removal = file_change(snapshot, path, after)
                fix = Fix("remove the unused suppression", Applicability.SAFE, (removal,))
                taken = -units_taken(snapshot, path, removal)
                message += f"; it costs the agent {taken} {unit} at every start" if taken else ""
            yield Finding(document, comment.span, message, fix=fix)


@rule("F012", "vanishing-reference", Severity.WARNING)
def vanishing_reference(context: RuleContext) -> Iterator[Finding]:
    """A link loses its destination, because the index file of auto memory has an HTML comment.

    Claude Code before 2.1.330 removes link reference definitions together with comments if the file has
    `<!--` anywhere: of `[site]` an agent sees the brackets, but not the address. Write the destination
    into the link, `[site](https://example.com)`, remove the comments, or update the client. memoryd reads
    the last version used in a project from its session records. Memory of subagents is not affected.

    Found in:
        --- ~/.claude/projects/shop/session.jsonl
        {"version": "2.1.329"}
        --- ~/.claude/projects/shop/memory/MEMORY.md
        [site] <!-- checked -->

        [site]: https://example.com

    Silent in:
        --- ~/.claude/projects/shop/session.jsonl
        {"version": "2.1.330"}
        --- ~/.claude/projects/shop/memory/MEMORY.md
        [site] <!-- checked -->

        [site]: https://example.com

    Silent in:
        --- MEMORY.md
        [site] <!-- checked -->

        [site]: https://example.com
    """
    snapshot = context.snapshot
    index = snapshot.index
    if index is None or not snapshot.store.profile.drops_definitions or not index.definitions:
        return
    uses = _uses(index)
    gone = _gone(index, snapshot.store.profile)
    for label, definition in index.definitions.items():
        use = uses.get(fold_label(label))
        before = bisect_right(gone, Span(definition.span.start, len(index.source))) - 1
        if use and before >= 0 and definition.span.start < gone[before].end:
            message = (
                f'"{definition.destination}" is not loaded: the harness removes this line with the comments'
            )
            related = (Relation(index, use.span.start, "the link that loses it"),)
            yield Finding(index, definition.span, message, related)


def _gone(index: Document, profile: Profile) -> list[Span]:
    """Return the spans that the harness removes from an index file, sorted; bytes in its source."""
    count = counted_text(index.raw, profile)
    ends = [match.start() for match in re.finditer(rb"\r\n", index.source[count.body :])]
    # By then each CRLF before a place is a byte shorter.
    shrunk = [end - earlier for earlier, end in enumerate(ends)]

    def at(offset: int) -> int:
        return count.body + offset + bisect_left(shrunk, offset)

    return [Span(at(span.start), at(span.end)) for span in count.removed]


def _uses(document: Document) -> dict[str, Link]:
    """Return the first link that refers to each definition, by label."""
    found: dict[str, Link] = {}
    for link in document.links:
        match = _LABEL.search(document.slice(link.span))
        if match:
            found.setdefault(fold_label(link.text if match[2] else match[1]), link)
    return found
