"""D: repetition of instructions and between stores."""

from collections.abc import Iterator

from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.diagnostic import Finding, Relation, Severity
from memoryd.domain.checks.rule import RuleContext, roster_rule, rule
from memoryd.domain.duplicates.across import echoes, repeated_instructions
from memoryd.domain.duplicates.pairs import says_all
from memoryd.domain.duplicates.repeated import RepeatedNote, without
from memoryd.domain.duplicates.similarity import Verdict
from memoryd.domain.edits.plan import Applicability, Fix
from memoryd.domain.markdown.model import Span


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
    pairs = list(repeated_instructions(snapshot, context.around.instructions, context.options.likeness))
    gone = without(snapshot, [RepeatedNote(pair.other, pair.one) for pair in pairs if says_all(pair)])
    for pair in pairs:
        document, told = pair.other.document, pair.one.document
        line = told.position(pair.one.span.start).line
        how = "the same" if pair.judgement.verdict is Verdict.SAME else "nearly the same"
        related = (Relation(told, pair.one.span.start, "the instruction", pair.one.root),)
        found = gone.get(pair.other)
        title = f"remove line {document.position(pair.other.span.start).line}"
        if found and found.count > 1:
            title = f"remove {found.count:,} lines"
        fix = Fix(title, Applicability.UNSAFE, (found.change,)) if found else None
        yield Finding(
            document,
            _trimmed(pair.other.span, pair.other.text),
            f"{how} as {told.path}:{line}",
            related,
            fix,
        )


@roster_rule("D005", "duplicate-across-stores", Severity.WARNING)
def duplicate_across_stores(roster: Roster) -> Iterator[Finding]:
    """Two agents keep the same topic file, or the same long passage.

    One copy is updated and the other is not. Knowledge that both need belongs in CLAUDE.md or a rule.
    Stores of one repository and stores of one person are compared, but not copies of one agent's store
    (see split-store), dated logs, READMEs, index files, or templates, which are texts in more than three
    stores.

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
    for echo in echoes(roster):
        root, document = echo.other
        other_root, source = echo.one
        agent = other_root.rpartition("/")[2]
        if echo.passages:
            one, other = echo.passages
            line = source.position(one.span.start).line
            message = f"the same passage as {agent}/{source.path}:{line}"
            span, at = _trimmed(other.span, other.text), one.span.start
        else:
            message = f"the same file as {agent}/{source.path}"
            span, at = Span(document.body, document.body), source.body
        yield Finding(
            document, span, message, (Relation(source, at, "the other store", other_root),), root=root
        )


def _trimmed(span: Span, text: str) -> Span:
    start = span.start + len(text[: len(text) - len(text.lstrip())].encode())
    return Span(start, span.start + len(text.rstrip().encode()))
