"""A: memory of projects that were moved."""

from collections.abc import Iterator

from memoryd.domain.agents.roster import Roster
from memoryd.domain.checks.diagnostic import Finding, Severity
from memoryd.domain.checks.rule import roster_rule
from memoryd.domain.markdown.document import parse
from memoryd.domain.markdown.model import Span


@roster_rule("A008", "stranded-store", Severity.WARNING)
def stranded_store(roster: Roster) -> Iterator[Finding]:
    """The directory of this project was moved or renamed, and its auto memory stayed behind.

    Claude Code keeps auto memory by the path of the project. After a move a session starts with an empty
    memory, and the old one is never loaded again. memoryd knows the old path from session records, and finds
    the new one among the repositories that it knows: by commits, the remote or files that the sessions name,
    or by the same name. `memoryd move FROM TO` moves the memory along. A project that was deleted is not
    reported. This is checked with `--all` and `--user`.

    Found in:
        --- ~/.claude/projects/-gone-shop/a.jsonl
        {"cwd": "/gone/shop", "files": ["/gone/shop/app.py", "/gone/shop/api.py", "/gone/shop/web.py"]}
        --- ~/.claude/projects/-gone-shop/memory/MEMORY.md
        - the tests run in Docker
        --- app.py
        --- api.py
        --- web.py

    Silent in:
        --- ~/.claude/projects/-gone-other/a.jsonl
        {"cwd": "/gone/other"}
        --- ~/.claude/projects/-gone-other/memory/MEMORY.md
        - the tests run in Docker
    """
    for each in roster.stranded:
        snapshot = next((found for found in roster.snapshots if found.store.root == each.root), None)
        if snapshot:
            index = snapshot.index or parse(snapshot.store.profile.index_name, b"")
            yield Finding(index, Span(index.body, index.body), each.message, root=each.root)
