"""F: the form of files."""

from collections.abc import Iterator

from memoryd.domain.document import Snapshot, Span
from memoryd.domain.lint import Finding, Severity, rule


@rule("F008", "not-utf8", Severity.ERROR)
def not_utf8(snapshot: Snapshot) -> Iterator[Finding]:
    r"""A memory file holds bytes that are not UTF-8.

    The harness shows the agent a replacement character for each of them, and whatever an agent
    then writes back destroys what was there. memoryd never rewrites such a file. Find out its real
    encoding and convert it, for instance with `iconv -f latin1 -t utf-8`.

    Found in:
        --- MEMORY.md
        - caf\xe9

    Silent in:
        --- MEMORY.md
        - caf\xc3\xa9
    """
    for document in snapshot.documents.values():
        at = document.undecodable
        if at is not None:
            # Up to here both forms are the same bytes; the replacement character takes three.
            message = f"byte {at} (0x{document.raw[at]:02x}) is not UTF-8; the file is never rewritten"
            yield Finding(document, Span(at, at + 3), message)
