"""S: what fits into the agent's context."""

from collections.abc import Iterator

from memoryd.domain.budget import NEAR, Budget, budget_of, unseen_topics
from memoryd.domain.compaction import CannotCompactError, compact
from memoryd.domain.document import Snapshot, Span
from memoryd.domain.edits import Fix
from memoryd.domain.lint import Finding, Related, Severity, rule
from memoryd.domain.topics import plain_text, shorten

_QUOTED = 80  # characters of an entry that are shown


@rule("S001", "index-over-limit", Severity.ERROR)
def index_over_limit(snapshot: Snapshot) -> Iterator[Finding]:
    """The index file is over a limit: the agent sees only its beginning.

    Claude Code loads at most 200 lines and at most 25,000 UTF-16 units of an index file, whichever
    is less, and drops the rest without a word to the person: the end of the file, which is the
    newest knowledge. The finding stands where the cut falls and names every entry, and every topic
    file, that the agent never sees. `memoryd compact` moves detail into topic files, losing no line.

    Found in:
        --- MEMORY.md
        201 × - a fact

    Silent in:
        --- MEMORY.md
        200 × - a fact
    """
    budget = budget_of(snapshot)
    if budget is None or budget.view.cut_offset is None:
        return
    index = budget.index
    cut = budget.view.cut_offset
    start = cut + index.source.startswith(b"\n", cut)
    topics = unseen_topics(snapshot, budget)
    related = [
        Related(
            index,
            entry.span.start,
            f"never seen: {shorten(plain_text(index.slice(entry.span).strip()), _QUOTED)}",
        )
        for entry in budget.unseen
    ]
    lost = [_counted(len(budget.unseen), "entry", "entries")]
    if topics:
        lost.append(_counted(len(topics), "topic file", "topic files"))
    related += [
        Related(snapshot.documents[path], 0, "never reached: linked only from there") for path in topics
    ]
    fix, reason = _compaction(snapshot)
    yield Finding(
        index,
        Span(start, max(start, index.source.find(b"\n", start))),
        f"{_over(budget)}; {' and '.join(lost)} never seen{reason}",
        tuple(related),
        fix,
    )


def _over(budget: Budget) -> str:
    profile, view = budget.profile, budget.view
    if profile.max_bytes is not None and len(budget.index.raw) > profile.max_bytes:
        return f"nothing of it is loaded: it is larger than {profile.max_bytes:,} bytes"
    binding = [
        text
        for used, text in (
            (budget.lines_used, f"{view.lines:,} lines (limit {profile.max_lines:,})"),
            (budget.units_used, f"{view.units:,} units (limit {profile.max_units:,})"),
        )
        if used > 1
    ]
    return f"only part of it is loaded: {' and '.join(binding)}, cut at line {budget.cut_line}"


def _compaction(snapshot: Snapshot) -> tuple[Fix | None, str]:
    try:
        return compact(snapshot), ""
    except CannotCompactError as error:
        return None, f"; cannot be compacted: {error}"


def _counted(number: int, one: str, many: str) -> str:
    return f"{number:,} {one if number == 1 else many}"


@rule("S002", "index-near-limit", Severity.WARNING)
def index_near_limit(snapshot: Snapshot) -> Iterator[Finding]:
    """The index file takes 80 % of a limit or more: it will soon be cut.

    The message says how much is used of both limits and how many more entries, as long as those
    that are there, still fit. `memoryd compact` brings the file down to 70 %.

    Found in:
        --- MEMORY.md
        160 × - a fact

    Silent in:
        --- MEMORY.md
        159 × - a fact
    """
    budget = budget_of(snapshot)
    if budget is None or budget.is_over or budget.used < NEAR:
        return
    profile, view = budget.profile, budget.view
    fix, _ = _compaction(snapshot)
    yield Finding(
        budget.index,
        Span(budget.index.body, budget.index.body),
        f"{view.lines:,} of {profile.max_lines:,} lines and "
        f"{view.units:,} of {profile.max_units:,} units used; "
        f"{_counted(budget.room, 'more entry fits', 'more entries fit')}",
        fix=fix,
    )
