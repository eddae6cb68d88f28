"""X: secrets, and who else can read or write memory."""

from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.markdown.model import Span
from memoryd.domain.security.found import named_secrets


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
        for each in named_secrets(document.source, f"{root}/{document.path}"):
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
