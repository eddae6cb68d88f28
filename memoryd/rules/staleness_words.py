"""P: what readers cannot make sense of later; people mend it."""

from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.dates.relative import relative_dates
from memoryd.domain.staleness.named_paths import named_paths


@rule("P004", "relative-date", Severity.INFO)
def relative_date(context: RuleContext) -> Iterator[Finding]:
    """Whoever reads “yesterday” or “last week” later cannot tell when that was.

    Not in code and quotes, in a line or below a heading with a date, nor in a file called by one. “Today”
    is found beside something that happened; elsewhere it means “nowadays”. English, German, French,
    Spanish, Portuguese and Italian words, and some of Chinese, Japanese and Korean.

    Found in:
        --- MEMORY.md
        - the runner broke yesterday
        - fixed today, Ann will look next week

    Silent in:
        --- MEMORY.md
        - 2026-02-03: the runner broke, as it did last week
        - “see you tomorrow” is what the bot says; `date -d yesterday`
        - the parser does this by hand today
        ## 2026-02-04
        - fixed today
    """
    for document in context.snapshot.documents.values():
        for span in relative_dates(document):
            message = f"“{document.slice(span)}” tells nobody when; a date does"
            yield Finding(document, span, message)


@rule("P005", "deleted-path", Severity.INFO)
def deleted_path(context: RuleContext) -> Iterator[Finding]:
    """A path of the repository is named that git saw go: memory may speak of what is no longer there.

    Said is the commit that removed or renamed it, and where it went. A path that was never committed
    cannot be judged, whether it is there or not. Lines that tell themselves that something was removed,
    renamed or replaced are right. Links are for L001. Of a repository with more than 10,000 commits
    only `memoryd prune` looks at the history.

    Found in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        - the parser is in `src/parser.py`
        --- src/parser.py (gone)
        pass

    Silent in:
        --- .claude/agent-memory/reviewer/MEMORY.md
        - the parser is in `src/parser.py`, not in `src/never.py`
        - `src/lexer.py` was removed
        --- src/parser.py
        pass
        --- src/lexer.py (gone)
        pass
    """
    evidence = context.around.evidence
    if not evidence.departed:
        return
    seen = set()
    for document, named in named_paths(context.snapshot, context.around.repository):
        found = next((evidence.departed[place] for place in named.places if place in evidence.departed), None)
        if found is None or (document.path, named.places) in seen:
            continue
        seen.add((document.path, named.places))
        how = f"renamed to “{found.renamed}”" if found.renamed else "deleted"
        message = f"it was {how} in commit {found.commit.name} of {found.commit.day}"
        yield Finding(document, named.span, message)
