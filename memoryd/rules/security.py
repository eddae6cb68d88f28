"""X: secrets, and who else can read or write memory."""

from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.markdown.document import Document, kept_answer, parse
from memoryd.domain.markdown.model import Span
from memoryd.domain.security.found import named_secrets
from memoryd.domain.security.secrets import secrets_in
from memoryd.domain.stores.store import Scope
from memoryd.domain.text.phrases import counted


@rule("X001", "secret", Severity.ERROR)
def secret(context: RuleContext) -> Iterator[Finding]:
    r"""Memory contains a secret: it is committed, synchronized, and sent with every prompt.

    Known are the tokens of some sixty services by beginning, alphabet, length and checksum, private keys,
    passwords in URLs, HTTP credentials and JSON web tokens. A sentence such as "the password is ..." is
    a finding of level info. Placeholders, examples of documentation, public keys and digests are none.
    No output shows more than four characters. Revoke the secret first, since whoever read it keeps it;
    then `memoryd forget --secret FINGERPRINT` removes it from files and history.

    Found in:
        --- MEMORY.md
        - Staging: https://deploy:kX7\x2dvbQ2\x2dm9Lt\x40ci.acme.io

    Found in:
        --- MEMORY.md
        - The password for the wiki is `\x6bX7vbQ2m`

    Silent in:
        --- MEMORY.md
        - Staging: https://deploy:$CI_PASSWORD@ci.acme.io, locally postgres://app:app@localhost/app
        - The token `ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx` goes into `.env`
        - Fixed in 9fceb02d0ae598e95dc970b74767f19372d61af8
        - The password is in the vault, `AWS_SECRET_ACCESS_KEY=<key>`
    """
    root = context.snapshot.store.root
    for document in context.snapshot.documents.values():
        path = f"{root}/{document.path}"
        for each in named_secrets(document.source, path) if _has_secrets(document) else ():
            first, *others = each.secrets
            level = Severity.ERROR if first.is_certain else Severity.INFO
            where = "" if first.is_certain else ", as a sentence says"
            yield Finding(
                document,
                Span(first.start, first.end),
                f"{first.kind}, {first.mask}{where} (fingerprint {each.fingerprint})",
                tuple(Relation(document, other.start, "the same secret") for other in others),
                level=level,
                identity=each.identity,
            )
        for number, found in enumerate(context.around.scanned.get(path, ())):
            message = f"found by {found.kind}, {found.mask}"
            identity = f"{found.kind} {number}"
            span = Span(found.start, found.end)
            yield Finding(document, span, message, level=Severity.WARNING, identity=identity)


@kept_answer("has secrets")
def _has_secrets(document: Document) -> bool:
    return bool(secrets_in(document.source))


@rule("X005", "writable-by-others", Severity.WARNING)
def writable_by_others(context: RuleContext) -> Iterator[Finding]:
    """Other users of this machine can write into memory of user scope.

    Whoever can write there decides what your agents read. A file in a directory that they cannot enter is
    closed to them. `chmod -R go-w` on the directory takes the permission away.

    Silent in:
        --- ~/.claude/agent-memory/reviewer/MEMORY.md
        - Ship on Mondays.
    """
    yield from _open(context, context.around.writable_by_others, "write to", "chmod -R go-w")


@rule("X006", "readable-by-others", Severity.WARNING)
def readable_by_others(context: RuleContext) -> Iterator[Finding]:
    """Other users of this machine can read memory of user scope.

    Memory holds what you work on, and names, hosts and habits. `chmod go-rx` on a directory above closes
    everything below it.

    Silent in:
        --- ~/.claude/agent-memory/reviewer/MEMORY.md
        - Ship on Mondays.
    """
    yield from _open(context, context.around.readable_by_others, "read", "chmod go-rx")


def _open(context: RuleContext, paths: frozenset[str], verb: str, remedy: str) -> Iterator[Finding]:
    """Yield one finding for a store with paths that others can use."""
    store = context.snapshot.store
    opened = sorted(path.removeprefix(f"{store.root}/") for path in paths if path != store.root)
    if not opened:
        return
    documents = context.snapshot.documents
    document = context.snapshot.index or documents.get(opened[0]) or parse(opened[0], b"")
    closed = store.base if store.scope is Scope.USER and verb == "read" else store.root
    files = counted(len(opened), "file", "files")
    message = f"other users can {verb} {files} of this store; `{remedy} {closed}` takes that away"
    yield Finding(document, Span(0, 0), message, identity=store.agent)
