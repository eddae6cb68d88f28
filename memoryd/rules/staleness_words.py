"""P: words that readers cannot understand later."""

from collections.abc import Iterator

from memoryd.domain.checks.diagnostic import Finding, Severity
from memoryd.domain.checks.rule import RuleContext, rule
from memoryd.domain.dates.relative import relative_dates
from memoryd.domain.staleness.named_paths import named_paths


@rule("P004", "relative-date", Severity.INFO)
def relative_date(context: RuleContext) -> Iterator[Finding]:
    """A date such as "yesterday" or "last week" means nothing to later readers.

    Code, quotes, lines with a date or below a heading with one, and files named by a date are not checked,
    nor are standing instructions ("each day", "always"). "Today" is only reported next to an event, since
    elsewhere it means "nowadays". The words are English, German, French, Spanish, Portuguese, Italian,
    Russian, Dutch, Polish, Chinese, Japanese and Korean.

    Found in:
        --- MEMORY.md
        - the runner broke yesterday
        - fixed today, Ann will look next week
        - Вчера перенесли сервер

    Silent in:
        --- MEMORY.md
        - 2026-02-03: the runner broke, as it did last week
        - “see you tomorrow” is what the bot says; `date -d yesterday`
        - the parser does this by hand today
        - at each start, read the notes of today and yesterday
        ## 2026-02-04
        - fixed today
    """
    for document in context.snapshot.documents.values():
        for span in relative_dates(document):
            message = f'"{document.slice(span)}" means nothing to later readers: write the date'
            yield Finding(document, span, message)


@rule("P005", "deleted-path", Severity.INFO)
def deleted_path(context: RuleContext) -> Iterator[Finding]:
    """Memory names a path of the repository that was deleted or renamed in git.

    The message names the commit, and the new path. A path that was never committed is not checked. Lines
    that mention a removal, renaming or replacement themselves are right. Links are checked by L001. In a
    repository with more than 10,000 commits, only `memoryd prune` reads the history.

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
        how = f'renamed to "{found.renamed}"' if found.renamed else "deleted"
        message = f"it was {how} in commit {found.commit.name} of {found.commit.day}"
        yield Finding(document, named.span, message)
