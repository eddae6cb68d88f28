"""D: repetition of instructions and between stores."""

from collections.abc import Iterator, Sequence

from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, roster_rule, rule
from memoryd.domain.duplicates.across import Echo, Place, echoes, repeated_instructions
from memoryd.domain.duplicates.groups import RepeatedPassage, repeated_passages
from memoryd.domain.duplicates.pairs import says_all
from memoryd.domain.duplicates.passages import Note
from memoryd.domain.duplicates.repeated import RepeatedNote, group_fixes
from memoryd.domain.duplicates.similarity import Verdict
from memoryd.domain.edits.plan import Applicability, Fix
from memoryd.domain.markdown.model import Span
from memoryd.domain.text.phrases import counted


@rule("D004", "repeats-instructions", Severity.INFO)
def repeats_instructions(context: RuleContext) -> Iterator[Finding]:
    """A note repeats CLAUDE.md, AGENTS.md or a rule that the agent reads anyway.

    It takes room twice, and it is out of date when the instruction changes. Notes that differ by a number,
    a name or a negation are not reported. `--unsafe-fixes` removes the note.

    Found in:
        --- CLAUDE.md
        Always run the linter before you commit anything.
        --- .claude/agent-memory/reviewer/MEMORY.md
        - Always run the linter before you commit anything!
        - The linter is slow on Windows.

    Silent in:
        --- CLAUDE.md
        Always run the linter before you commit anything.
        --- .claude/agent-memory/reviewer/MEMORY.md
        - The linter takes 40 s on Windows.
    """
    snapshot = context.snapshot
    pairs = repeated_instructions(snapshot, context.around.instructions, context.options.likeness)
    found = repeated_passages(pairs)
    groups = [
        [RepeatedNote(pair.other, pair.one) for run in each.pairs for pair in run if says_all(pair)]
        for each in found
    ]
    for each, fix in zip(found, group_fixes(snapshot, groups, Applicability.UNSAFE), strict=True):
        yield _about_instruction(each, fix)


def _about_instruction(passage: RepeatedPassage, fix: Fix | None) -> Finding:
    """Return the finding of notes that repeat an instruction, at their first place."""
    first, *more = passage.others
    told = passage.ones[0]
    line = told.document.position(told.span.start).line
    is_same = all(pair.judgement.verdict is Verdict.SAME for pair in passage.pairs[0])
    message = f"{'the same' if is_same else 'nearly the same'} as {told.document.path}:{line}"
    if len(first) > 1:
        how = "repeats" if is_same else "nearly repeats"
        message = f"{how} {len(first):,} entries from {told.document.path}:{line} on"
    if more:
        message += f"; {counted(len(more), 'more copy', 'more copies')}"
    related = (Relation(told.document, told.span.start, "the instruction", told.root),)
    further = tuple(Relation(run[0].document, run[0].span.start, "the same again") for run in more)
    return Finding(first[0].document, _span(first), message, (*related, *further), fix)


@roster_rule("D005", "duplicate-across-stores", Severity.WARNING)
def duplicate_across_stores(roster: Roster) -> Iterator[Finding]:
    """Two agents keep the same topic file, or the same long passage.

    One copy is updated and the other is not. Knowledge that both need belongs in CLAUDE.md or a rule.
    Stores of one repository and stores of one person are compared, but not copies of one agent's store
    (see split-store), dated logs, READMEs, index files, or the text with which a template opens more than
    three index files.

    Found in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        - [Deploy](deploy.md) — how we ship
        --- .claude/agent-memory/reviewer/deploy.md
        Ship on Mondays after the second review.
        Two people watch the dashboards for an hour.
        Roll back with one command when errors rise.
        --- .claude/agent-memory/writer/MEMORY.md
        - [Deploy](shipping.md) — how we ship
        --- .claude/agent-memory/writer/shipping.md
        Ship on Mondays after the second review.
        Two people watch the dashboards for an hour.
        Roll back with one command when errors rise.

    Silent in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        - [Deploy](deploy.md) — how we ship
        --- .claude/agent-memory/reviewer/deploy.md
        Ship on Mondays.
        --- .claude/agent-memory/writer/MEMORY.md
        - [Deploy](deploy.md) — how we ship
        --- .claude/agent-memory/writer/deploy.md
        Ship on Mondays.
    """
    yield from map(_about_echo, echoes(roster))


def _about_echo(echo: Echo) -> Finding:
    """Return the finding of a text that several stores have, in the second of them."""
    one, other, *more = echo.places
    agent = one.root.rpartition("/")[2]
    at = _start(one)
    message = f"the same file as {agent}/{one.document.path}"
    span = Span(other.document.body, other.document.body)
    if other.passages:
        span, size, line = _span(other.passages), len(other.passages), one.document.position(at).line
        what = "the same passage as" if size == 1 else f"the same {size:,} passages as from"
        message = f"{what} {agent}/{one.document.path}:{line}{' on' if size > 1 else ''}"
    if more:
        message += f"; {counted(len(more), 'more store has', 'more stores have')} it"
    further = (Relation(each.document, _start(each), "the same again", each.root) for each in more)
    related = (Relation(one.document, at, "the other store", one.root), *further)
    return Finding(other.document, span, message, related, root=other.root)


def _start(place: Place) -> int:
    return place.passages[0].span.start if place.passages else place.document.body


def _span(notes: Sequence[Note]) -> Span:
    """Return the span of consecutive notes, without white space around them."""
    first, last = notes[0], notes[-1]
    start = first.span.start + len(first.text[: len(first.text) - len(first.text.lstrip())].encode())
    return Span(start, last.span.start + len(last.text.rstrip().encode()))
