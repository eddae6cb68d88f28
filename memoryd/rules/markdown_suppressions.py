"""F: suppression comments."""

from collections.abc import Iterator, Mapping

from memoryd.domain.checks.diagnostic import Finding, Severity, UnusedSuppression
from memoryd.domain.checks.rule import unused_rule
from memoryd.domain.checks.suppressions import without, without_all
from memoryd.domain.edits.plan import Applicability, Fix, file_change
from memoryd.domain.limits.budget import units_taken
from memoryd.domain.stores.snapshot import Snapshot

_MANY = 16  # comments of a file that have a fix each; of more, they share one


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
