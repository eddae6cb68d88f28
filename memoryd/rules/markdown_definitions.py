"""F: link definitions that the client does not load."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.limits.counted_text import counted_text
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.model import Link, Span
from memoryd.domain.markdown.parts import fold_label
from memoryd.domain.stores.profiles import Profile

_LABEL = re.compile(r"\[([^\[\]]*)\](\[\])?$")


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
