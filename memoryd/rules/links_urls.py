"""L: links to servers."""

from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.links.urls import address, host_of, is_url


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
