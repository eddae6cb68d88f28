"""F: keys and fences of front matter."""

from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.markdown.document import Document
from memoryd.domain.markdown.frontmatter_faults import UnclosedBlock, repeated_keys, unclosed
from memoryd.domain.staleness.expiry import unreadable_dates
from memoryd.domain.stores.filenames import is_about_files
from memoryd.domain.stores.snapshot import Snapshot


@rule("F013", "duplicate-key", Severity.WARNING)
def duplicate_key(context: RuleContext) -> Iterator[Finding]:
    """A key occurs twice in the front matter.

    Strict readers reject all of it: name, description, type. Others keep only the last value. Keys of
    different mappings, as `type` and `metadata.type`, are different keys. Keep the value that is right.

    Found in:
        --- deploy.md
        ---
        name: deploy
        description: how we ship
        description: how we ship, and when
        ---
        Ship on Mondays.

    Silent in:
        --- deploy.md
        ---
        name: deploy
        type: project
        metadata:
          type: project
        description: |
          type: the word that you type
        ---
        Ship on Mondays.
    """
    for document in context.snapshot.documents.values():
        front_matter = document.front_matter
        if front_matter is None or unclosed(document.source, front_matter):
            continue
        for each in repeated_keys(document.source, front_matter):
            line = document.position(each.first.start).line
            message = (
                f'"{each.key}" is also in line {line}: '
                "strict readers drop all front matter, others keep the last value"
            )
            related = (Relation(document, each.first.start, "here too"),)
            yield Finding(document, each.again, message, related)


@rule("F014", "unclosed-frontmatter", Severity.WARNING)
def unclosed_frontmatter(context: RuleContext) -> Iterator[Finding]:
    """The front matter is never closed with a line of `---`.

    Then nothing of it is read: neither name nor description nor type. If a line of dashes further down
    closes it, everything above that line is taken for front matter. The fix writes the closing line below
    the last key; it is safe if a blank line, a heading, or another mark such as `...` or `----` follows
    there.

    Found in:
        --- deploy.md
        ---
        name: deploy
        description: how we ship

        Ship on Mondays.

    Silent in:
        --- deploy.md
        ---
        name: deploy
        description: how we ship
        ---
        Ship on Mondays.
        --- rules.md
        ---
        Note: two thematic breaks with a sentence between them are none.
    """
    snapshot = context.snapshot
    for document in snapshot.documents.values():
        found = None if is_about_files(document.path) else unclosed(document.source, document.front_matter)
        if found is None:
            continue
        last = document.position(found.end - 1).line
        message = f"the front matter is not closed: a line of --- is missing after line {last}"
        if found.closed_by:
            below = document.position(found.closed_by.start).line
            message += f", and everything up to line {below} is taken for it"
        yield Finding(document, found.opening, message, fix=_closing(snapshot, document, found))


def _closing(snapshot: Snapshot, document: Document, found: UnclosedBlock) -> Fix | None:
    """Return the fix that closes front matter; None if the file is not to be rewritten."""
    if document.undecodable is not None or not snapshot.store.profile.rewrites:
        return None
    source = document.source
    eol = b"\r\n" if source[: found.end].endswith(b"\r\n") else b"\n"
    before = source[: found.end] if source[: found.end].endswith(b"\n") else source[: found.end] + eol
    fence = (
        b"---"
        if source[found.fence.end :].startswith((b"\n", b"\r\n")) and found.fence.end > found.end
        else b"---" + eol
    )
    after = before + fence + source[max(found.fence.end, found.end) :]
    safety = Applicability.SAFE if found.is_certain else Applicability.UNSAFE
    return Fix("close the front matter", safety, (file_change(snapshot, document.path, after),))


@rule("F015", "unreadable-date", Severity.WARNING)
def unreadable_date(context: RuleContext) -> Iterator[Finding]:
    """An expiry or review date is not a date, so that the memory never expires.

    These are read: `2026-01-31`, `20260131`, `2026-01`, `2026-Q1`, `31.1.2026`, `Jan 31, 2026`, with a time
    or without, and an age such as `90d` if `modified` or `created` says from when. `02/01/2026` may be
    January or February, and 2026-02-30 does not exist. Words such as `never` and empty values are no dates
    on purpose. In an entry, only values in the form of a date are checked.

    Found in:
        --- trial.md
        ---
        name: trial
        description: the new runner
        expires: 2026-02-30
        ---
        The trial of the new runner.

    Found in:
        --- MEMORY.md
        - Deploys are frozen (expires: 02/01/2026)

    Silent in:
        --- trial.md
        ---
        name: trial
        description: the new runner
        created: 2099-01-01
        expires: 90d
        review_by: never
        ---
        The trial of the new runner; a token expires after 90 s.
    """
    for document in context.snapshot.documents.values():
        for span, message in unreadable_dates(document):
            yield Finding(document, span, message)
