"""Plans of suppression comments for findings."""

import os
from collections.abc import Collection, Iterable, Iterator

from memoryd.adapters import edits
from memoryd.domain.checks.diagnostic import Diagnostic
from memoryd.domain.checks.suppression_edits import Wish, with_suppressions
from memoryd.domain.edits.combine import Pending, then, with_changes
from memoryd.domain.edits.plan import Applicability, FileChange, Fix, Plan, file_change
from memoryd.domain.limits.budget import NEAR, budgets_of, units_taken
from memoryd.domain.markdown.document import Document
from memoryd.domain.stores.profiles import may_rewrite, rewrite_refusal
from memoryd.domain.stores.snapshot import Snapshot
from memoryd.domain.text.phrases import counted
from memoryd.errors import RefusedError
from memoryd.services.checks.examine import Examination

_UNUSED = "F010"  # unused suppressions
_ELSE = "use --baseline or per-file-ignores"


def plan_suppressions(
    examination: Examination,
    *,
    cause: str,
    rewrites: frozenset[str] = frozenset(),
    only: Collection[Diagnostic] | None = None,
    pending: Pending | None = None,
) -> tuple[Plan, tuple[str, ...]]:
    """Plan a comment for every finding in a file that can contain one; write nothing.

    Args:
        examination: The findings.
        cause: The command.
        rewrites: Names of profiles that the configuration allows to rewrite.
        only: Only these findings; None for all.
        pending: Changes that are planned already, to which the comments are added.

    Returns:
        The plan, and one sentence for each file that gets no comment, or whose comments take room.
    """
    earlier = pending or {}
    before = examination.report(earlier).diagnostics
    by_path = _by_path(before, only)
    known = {
        f"{snapshot.store.root}/{path}": (snapshot, document)
        for snapshot in (with_changes(each, earlier) for each in examination.roster.snapshots)
        for path, document in snapshot.documents.items()
    }
    changes: dict[str, FileChange] = {}
    problems = []
    for path, found in by_path.items():
        change, problem = _change(path, found, known.get(path), rewrites)
        if change:
            changes[path] = change
        else:
            problems.append(f"{problem if path in problem else f'{path}: {problem}'}; {_ELSE}")
    for path, codes in _new_findings(before, examination.report(then(earlier, changes)).diagnostics):
        if changes.pop(path, None):
            problems.append(f"{path}: a comment would be a finding itself ({codes}); {_ELSE}")
    problems += [
        f"{path}: the comments use {taken} of the agent's context at every start; {_ELSE} instead"
        for path, change in changes.items()
        if (taken := _taken(known[path][0], change))
    ]
    title = f"suppress {counted(sum(len(by_path[path]) for path in changes), 'finding', 'findings')}"
    changes = then(earlier, changes) if changes else {}
    fixes = (Fix(title, Applicability.UNSAFE, tuple(changes.values())),) if changes else ()
    return Plan(cause, fixes), tuple(problems)


def _by_path(found: Iterable[Diagnostic], only: Collection[Diagnostic] | None) -> dict[str, list[Diagnostic]]:
    """Return the findings to suppress in each file."""
    by_path: dict[str, list[Diagnostic]] = {}
    asked = None if only is None else {_identity(each) for each in only}
    for diagnostic in found:
        if diagnostic.code == _UNUSED:  # --fix removes those
            continue
        if asked is None or _identity(diagnostic) in asked:
            by_path.setdefault(diagnostic.path, []).append(diagnostic)
    return by_path


def _identity(found: Diagnostic) -> tuple[str, str, str, str]:
    """Return what stays the same of a finding while other lines of its file change."""
    return (found.code, found.path, found.quoted, found.message)


def _change(
    path: str, found: list[Diagnostic], known: tuple[Snapshot, Document] | None, rewrites: frozenset[str]
) -> tuple[FileChange | None, str]:
    """Return the file with its comments, or why it can have none."""
    if known is None:
        there = os.path.isfile(path)
        return None, "not a memory file: write the comment yourself" if there else "there is no such file"
    snapshot, document = known
    profile = snapshot.store.profile
    if not may_rewrite(profile, rewrites):
        return None, rewrite_refusal(profile)
    after = with_suppressions(document, _wishes(document, found))
    if after is None:
        return None, "it cannot contain a comment"
    planned = file_change(snapshot, document.path, after)
    if _is_near(snapshot, {path: planned}, document.path):
        return None, "the index file is near its limit, and a comment would take room from it"
    try:
        edits.refuse(planned)
    except RefusedError as error:
        return None, error.message
    return planned, ""


def _wishes(document: Document, found: Iterable[Diagnostic]) -> Iterator[Wish]:
    first = document.position(document.body).line
    for diagnostic in found:
        line = diagnostic.start.line
        whole_file = diagnostic.start == diagnostic.end or line < first
        yield Wish(line, diagnostic.code, whole_file)


def _is_near(snapshot: Snapshot, pending: Pending, path: str) -> bool:
    """Return whether a loaded file would be near a limit with changes."""
    return any(
        budget.index.path == path and budget.used >= NEAR
        for budget in budgets_of(with_changes(snapshot, pending))
    )


def _taken(snapshot: Snapshot, change: FileChange) -> str:
    """Return how much of the context the comments of a file take; "" if it is not loaded or has none."""
    taken = units_taken(snapshot, change.path.removeprefix(f"{snapshot.store.root}/"), change)
    return f"{taken:,} {snapshot.store.profile.unit}" if taken else ""


def _new_findings(before: Iterable[Diagnostic], after: Iterable[Diagnostic]) -> Iterator[tuple[str, str]]:
    """Yield the files with kinds of findings that they did not have before, and the codes."""
    known = {(each.path, each.code) for each in before}
    new: dict[str, set[str]] = {}
    for each in after:
        if (each.path, each.code) not in known:
            new.setdefault(each.path, set()).add(each.code)
    yield from ((path, ", ".join(sorted(codes))) for path, codes in new.items())
